"""The REST API, version 1."""

from django.urls import path, re_path, register_converter
from django.urls.converters import StringConverter

from quorate.common.ids import LENGTH
from tasks_app.api import assignments, exports, pools, projects, quality, root, tasks, work


class PublicId(StringConverter):
    """What can be no id at all (a NUL, a path) is no address, and never reaches a query."""

    regex = rf"[0-9a-z]{{{LENGTH}}}"


register_converter(PublicId, "public_id")

app_name = "api"

urlpatterns = [
    # Addresses are tried one after the other: first the two that are called for every answer.
    path("v1/pools/<public_id:pool>/next/", work.Next.as_view(), name="next"),
    path("v1/assignments/<public_id:assignment>/submit/", work.Submit.as_view(), name="submit"),
    path("v1/schema/", root.Schema.as_view(), name="schema"),
    path("v1/docs/", root.docs, name="docs"),
    path("v1/me/", projects.Me.as_view(), name="me"),
    path("v1/projects/", projects.Projects.as_view(), name="projects"),
    path("v1/projects/<public_id:project>/", projects.OneProject.as_view(), name="project"),
    path("v1/projects/<public_id:project>/results/", tasks.Results.as_view(), name="results"),
    path("v1/projects/<public_id:project>/media/", tasks.Media.as_view(), name="media"),
    path("v1/projects/<public_id:project>/exports/", exports.Exports.as_view(), name="exports"),
    path("v1/exports/<public_id:export>/", exports.OneExport.as_view(), name="export"),
    path("v1/exports/<public_id:export>/file/", exports.ExportFile.as_view(), name="export_file"),
    path("v1/projects/<public_id:project>/rules/", quality.Rules.as_view(), name="rules"),
    path("v1/projects/<public_id:project>/rules/try/", quality.TryRule.as_view(), name="rule_try"),
    path("v1/projects/<public_id:project>/rules/<public_id:rule>/", quality.OneRule.as_view(), name="rule"),
    path(
        "v1/projects/<public_id:project>/rules/<public_id:rule>/remove/",
        quality.RemoveRule.as_view(),
        name="rule_remove",
    ),
    path("v1/projects/<public_id:project>/training/", quality.Training.as_view(), name="training"),
    path("v1/skills/", quality.Skills.as_view(), name="skills"),
    path("v1/skills/<public_id:skill>/holders/", quality.Grants.as_view(), name="holders"),
    path("v1/skills/<public_id:skill>/revoke/", quality.RevokeSkill.as_view(), name="skill_revoke"),
    path("v1/pools/", pools.Pools.as_view(), name="pools"),
    path("v1/pools/<public_id:pool>/", pools.OnePool.as_view(), name="pool"),
    path("v1/pools/<public_id:pool>/launch/", pools.Launch.as_view(), name="launch"),
    path("v1/pools/<public_id:pool>/pause/", pools.Pause.as_view(), name="pause"),
    path("v1/pools/<public_id:pool>/resume/", pools.Resume.as_view(), name="resume"),
    path("v1/pools/<public_id:pool>/close/", pools.Close.as_view(), name="close"),
    path("v1/pools/<public_id:pool>/known/", quality.KnownAnswers.as_view(), name="known"),
    path("v1/pools/<public_id:pool>/tasks/", tasks.Tasks.as_view(), name="tasks"),
    path("v1/pools/<public_id:pool>/assignments/", assignments.PoolAssignments.as_view(), name="pool_assignments"),
    path("v1/tasks/<public_id:task>/withdraw-known/", quality.WithdrawKnown.as_view(), name="known_withdraw"),
    path("v1/tasks/<public_id:task>/", tasks.OneTask.as_view(), name="task"),
    path("v1/assignments/", assignments.OwnAssignments.as_view(), name="assignments"),
    path("v1/assignments/<public_id:assignment>/", work.OneAssignment.as_view(), name="assignment"),
    path("v1/assignments/<public_id:assignment>/skip/", work.Skip.as_view(), name="skip"),
    path("v1/assignments/<public_id:assignment>/report/", work.Report.as_view(), name="report"),
    path("v1/assignments/<public_id:assignment>/return/", work.Return.as_view(), name="return"),
    path("v1/assignments/<public_id:assignment>/accept/", assignments.Accept.as_view(), name="accept"),
    path("v1/assignments/<public_id:assignment>/reject/", assignments.Reject.as_view(), name="reject"),
    path("v1/assignments/<public_id:assignment>/take-back/", assignments.TakeBack.as_view(), name="take_back"),
    path("v1/assignments/<public_id:assignment>/rework/", assignments.Rework.as_view(), name="rework"),
    path("v1/assignments/<public_id:assignment>/bonus/", assignments.Bonus.as_view(), name="bonus"),
    # What is not above is an error in the API's own shape, not a page.
    re_path(r"^", root.Nowhere.as_view(), name="nowhere"),
]
