"""Who may do what at which address. An address that is not here fails the test: say it here when you make one.

A rule says for each role what a call meets: YES (let in), NONE (404: there is no such thing), ROLE (403: seen, but not
yours to do), OWN (let in, but to one's own things alone: nothing of Alice's may show).
"""

from dataclasses import dataclass

YES, NONE, ROLE, OWN, SIGN_IN = "yes", "none", "role", "own", "sign in"
Rule = dict[str, str]


def rule(
    *, stranger: str, worker: str, viewer: str, editor: str, owner: str, admin: str, anonymous: str = SIGN_IN
) -> Rule:
    return {
        "anonymous": anonymous,
        "stranger": stranger,
        "worker": worker,
        "viewer": viewer,
        "editor": editor,
        "owner": owner,
        "admin": admin,
    }


def all_meet(what: str, *, anonymous: str = SIGN_IN) -> Rule:
    return rule(stranger=what, worker=what, viewer=what, editor=what, owner=what, admin=what, anonymous=anonymous)


ANYBODY = all_meet(OWN, anonymous=OWN)
SIGNED_IN = all_meet(OWN)
# A list of one's own: Alice's project is in her members', and in nobody else's.
LIST = rule(stranger=OWN, worker=OWN, viewer=YES, editor=YES, owner=YES, admin=OWN)
# Only who pays sees what a project cost.
OWN_MONEY = rule(stranger=OWN, worker=OWN, viewer=OWN, editor=OWN, owner=YES, admin=OWN)
# Members read, admins read; editors and owners change; owners own. Outsiders are told there is no such thing.
READ = rule(stranger=NONE, worker=NONE, viewer=YES, editor=YES, owner=YES, admin=YES)
EDIT = rule(stranger=NONE, worker=NONE, viewer=ROLE, editor=YES, owner=YES, admin=ROLE)
OWNER = rule(stranger=NONE, worker=NONE, viewer=ROLE, editor=ROLE, owner=YES, admin=ROLE)
# Whoever is no admin, signed in or not, is told there is no such page.
CONTROL = rule(stranger=NONE, worker=NONE, viewer=NONE, editor=NONE, owner=NONE, admin=YES, anonymous=NONE)
# An assignment is its worker's; not even the owner of the project has it.
HOLDER = rule(stranger=NONE, worker=YES, viewer=NONE, editor=NONE, owner=NONE, admin=NONE)
# What was published is every worker's to see; Vera and the admin are none.
WORKERS = rule(stranger=YES, worker=YES, viewer=ROLE, editor=YES, owner=YES, admin=ROLE)
# Willa has answered Alice's task: her own history names it.
WORKERS_OWN = rule(stranger=OWN, worker=YES, viewer=ROLE, editor=OWN, owner=OWN, admin=ROLE)
WORKERS_OWN_FORM = WORKERS_OWN | {"worker": OWN}
REQUESTERS_OWN = rule(stranger=OWN, worker=ROLE, viewer=OWN, editor=OWN, owner=OWN, admin=ROLE)
MY_SKILLS = REQUESTERS_OWN | {"owner": YES}
# Whoever works may begin a course; an answer without an attempt of one's own is none.
LEARNERS = rule(stranger=OWN, worker=OWN, viewer=ROLE, editor=OWN, owner=OWN, admin=ROLE)
# What a rule did about Willa is hers to appeal against.
THEIRS = rule(stranger=NONE, worker=YES, viewer=ROLE, editor=NONE, owner=NONE, admin=ROLE)
# A skill is its giver's alone: Alice's.
SKILL = rule(stranger=NONE, worker=ROLE, viewer=NONE, editor=NONE, owner=YES, admin=ROLE)
# An image's address is signed for one person: Alice.
SIGNED_FOR_ALICE = rule(stranger=NONE, worker=NONE, viewer=NONE, editor=NONE, owner=YES, admin=NONE)


@dataclass(frozen=True)
class Page:
    """What GET and HEAD meet, and POST (or another method); None: 405 for whoever is let in."""

    read: Rule | None = None
    post: Rule | None = None
    patch: Rule | None = None
    head: bool = True


TABLE: dict[str, Page] = {
    "healthz": Page(ANYBODY),
    "home": Page(ANYBODY),
    # --- accounts
    "accounts:sign_in": Page(ANYBODY, ANYBODY),
    "accounts:sign_out": Page(None, ANYBODY),
    "accounts:sign_up": Page(ANYBODY, ANYBODY),
    "accounts:invite": Page(ANYBODY, ANYBODY),
    "accounts:settings": Page(SIGNED_IN, SIGNED_IN),
    "accounts:password": Page(None, SIGNED_IN),
    "accounts:create_key": Page(None, SIGNED_IN),
    "accounts:revoke_key": Page(None, SIGNED_FOR_ALICE),
    # --- requester
    "requester:projects": Page(LIST),
    "requester:new": Page(REQUESTERS_OWN, REQUESTERS_OWN),
    "requester:balance": Page(OWN_MONEY),
    "requester:project": Page(READ),
    "requester:question": Page(READ, EDIT),
    "requester:example": Page(None, EDIT),
    "requester:instructions": Page(READ, EDIT),
    "requester:report_settle": Page(None, EDIT),
    "requester:instructions_preview": Page(None, EDIT),
    "requester:price": Page(READ, EDIT),
    "requester:price_steps": Page(None, EDIT),
    "requester:price_estimate": Page(READ),
    "requester:launch": Page(READ),
    "requester:act": Page(None, EDIT),
    "requester:clone": Page(None, READ),
    "requester:send_contested": Page(None, READ),
    "requester:live": Page(READ),
    "requester:live_numbers": Page(READ),
    "requester:money": Page(READ),
    "requester:history": Page(READ),
    "requester:settings": Page(READ, EDIT),
    "requester:member_add": Page(None, OWNER),
    "requester:member_change": Page(None, OWNER),
    "requester:member_remove": Page(None, OWNER),
    "requester:archive": Page(None, OWNER),
    "requester:items": Page(READ),
    "requester:items_list": Page(READ),
    "requester:items_delete": Page(None, EDIT),
    "requester:imports": Page(READ),
    "requester:upload_begin": Page(None, EDIT),
    "requester:upload": Page(EDIT),
    "requester:upload_file": Page(None, EDIT),
    "requester:upload_start": Page(None, EDIT),
    "requester:import_problems": Page(READ),
    "requester:upload_act": Page(None, EDIT),
    "requester:item": Page(READ),
    "requester:results": Page(READ),
    "requester:result": Page(READ),
    "requester:known": Page(READ),
    "requester:known_mix": Page(None, EDIT),
    "requester:known_upload": Page(None, EDIT),
    "requester:known_promote": Page(None, EDIT),
    "requester:known_make": Page(None, EDIT),
    "requester:known_withdraw": Page(None, EDIT),
    "requester:try": Page(READ, EDIT),
    "requester:training": Page(READ, EDIT),
    "requester:crowd": Page(READ),
    "requester:disagree": Page(READ),
    "requester:review": Page(READ),
    "requester:review_accept": Page(None, EDIT),
    "requester:review_one": Page(None, EDIT),
    "requester:rules": Page(READ, EDIT),
    "requester:rule_preset": Page(None, EDIT),
    "requester:rule": Page(None, EDIT),
    "requester:firing_undo": Page(None, EDIT),
    "requester:who": Page(READ, EDIT),
    "requester:skills": Page(MY_SKILLS, MY_SKILLS),
    "requester:skill": Page(SKILL, SKILL),
    "requester:skill_revoke": Page(None, SKILL),
    "requester:exports": Page(READ),
    "requester:exports_prepared": Page(READ),
    "requester:export_prepare": Page(None, READ),
    "requester:export_now": Page(READ),
    "requester:export_file": Page(READ),
    # --- worker
    "worker:market": Page(WORKERS),
    "worker:answers": Page(WORKERS_OWN),
    "worker:dispute": Page(None, THEIRS),
    "worker:rate": Page(None, WORKERS_OWN_FORM),
    "worker:earnings": Page(WORKERS_OWN),
    "worker:learn": Page(WORKERS, WORKERS),
    "worker:learn_answer": Page(None, LEARNERS),
    "worker:notices": Page(WORKERS_OWN),
    "worker:appeal": Page(None, THEIRS),
    "worker:skills": Page(WORKERS_OWN_FORM, WORKERS_OWN_FORM),
    "worker:preview": Page(WORKERS),
    "worker:do": Page(WORKERS),
    # --- control
    "control:health": Page(CONTROL),
    "control:health_live": Page(CONTROL),
    "control:projects": Page(CONTROL),
    "control:workers": Page(CONTROL),
    "control:worker": Page(CONTROL),
    "control:crowd": Page(CONTROL),
    "control:pause": Page(None, CONTROL),
    "control:ban": Page(None, CONTROL),
    "control:lift": Page(None, CONTROL),
    "control:disputes": Page(CONTROL),
    "control:decide": Page(None, CONTROL),
    "control:alike": Page(CONTROL),
    "control:links": Page(CONTROL),
    "control:link": Page(None, CONTROL),
    "control:dispute_answer": Page(None, CONTROL),
    "control:people": Page(CONTROL),
    "control:invite": Page(None, CONTROL),
    "control:withdraw": Page(None, CONTROL),
    "control:person": Page(CONTROL, CONTROL),
    "control:money": Page(CONTROL),
    "control:deposit": Page(None, CONTROL),
    "control:log": Page(CONTROL),
    "control:settings": Page(CONTROL),
    "control:terms": Page(None, CONTROL),
    # --- the sandbox of requesters' own pages: the same for all, nothing of anybody in it
    "sandbox": Page(ANYBODY),
    # --- media
    "media:image": Page(SIGNED_FOR_ALICE, head=False),
    "media:thumb": Page(SIGNED_FOR_ALICE, head=False),
    # --- API
    "api:schema": Page(ANYBODY),
    "api:docs": Page(ANYBODY),
    "api:me": Page(SIGNED_IN),
    "api:projects": Page(LIST, SIGNED_IN),
    "api:project": Page(READ, patch=EDIT),
    "api:results": Page(READ),
    "api:media": Page(None, EDIT),
    "api:exports": Page(READ, READ),
    "api:export": Page(READ),
    "api:export_file": Page(READ),
    "api:known": Page(READ, EDIT, patch=EDIT),
    "api:known_withdraw": Page(None, EDIT),
    "api:rules": Page(READ, EDIT),
    "api:rule_try": Page(None, EDIT),
    "api:rule": Page(None, None, patch=EDIT),
    "api:rule_remove": Page(None, EDIT),
    "api:training": Page(READ, patch=EDIT),
    "api:skills": Page(MY_SKILLS, REQUESTERS_OWN),
    "api:holders": Page(SKILL, SKILL),
    "api:skill_revoke": Page(None, SKILL),
    "api:pools": Page(LIST),
    "api:pool": Page(READ, patch=EDIT),
    "api:launch": Page(None, EDIT),
    "api:pause": Page(None, EDIT),
    "api:resume": Page(None, EDIT),
    "api:close": Page(None, EDIT),
    "api:tasks": Page(READ, EDIT),
    "api:pool_assignments": Page(READ),
    "api:next": Page(None, rule(stranger=YES, worker=YES, viewer=NONE, editor=YES, owner=YES, admin=NONE)),
    "api:task": Page(READ),
    "api:assignments": Page(SIGNED_IN),
    "api:assignment": Page(HOLDER),
    "api:submit": Page(None, HOLDER),
    "api:skip": Page(None, HOLDER),
    "api:report": Page(None, HOLDER),
    "api:return": Page(None, HOLDER),
    "api:accept": Page(None, EDIT),
    "api:reject": Page(None, EDIT),
    "api:take_back": Page(None, EDIT),
    "api:rework": Page(None, EDIT),
    "api:bonus": Page(None, EDIT),
}
# Answers 404 to everybody: what is no address of the API.
NOWHERE = "api:nowhere"
