"""The requester's pages about quality. Included at the root, in the namespace `requester`."""

from django.urls import URLPattern, path

from tasks_app.web.requester import crowd, known, review, rules, skills, training

urlpatterns: list[URLPattern] = [
    path("p/<str:project>/known-answers/", known.page, name="known"),
    path("p/<str:project>/known-answers/mix/", known.mix, name="known_mix"),
    path("p/<str:project>/known-answers/upload/", known.upload, name="known_upload"),
    path("p/<str:project>/known-answers/promote/", known.promote_settled, name="known_promote"),
    path("p/<str:project>/known-answers/<str:task>/", known.make, name="known_make"),
    path("p/<str:project>/known-answers/<str:task>/withdraw/", known.take_back, name="known_withdraw"),
    path("p/<str:project>/try/", known.try_it, name="try"),
    path("p/<str:project>/who/", skills.who, name="who"),
    path("p/<str:project>/crowd/", crowd.page, name="crowd"),
    path("p/<str:project>/disagree/", crowd.disagree, name="disagree"),
    path("p/<str:project>/review/", review.page, name="review"),
    path("p/<str:project>/review/accept/", review.accept_many, name="review_accept"),
    path("p/<str:project>/review/<str:assignment>/", review.one, name="review_one"),
    path("p/<str:project>/training/", training.page, name="training"),
    path("p/<str:project>/quality/", rules.page, name="rules"),
    path("p/<str:project>/quality/presets/", rules.take_preset, name="rule_preset"),
    path("p/<str:project>/quality/firings/<str:firing>/undo/", rules.undo, name="firing_undo"),
    path("p/<str:project>/quality/<str:rule>/", rules.change, name="rule"),
    path("skills/", skills.index, name="skills"),
    path("skills/<str:skill>/", skills.one, name="skill"),
    path("skills/<str:skill>/<str:worker>/revoke/", skills.take_back, name="skill_revoke"),
]
