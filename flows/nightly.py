"""The night, from top to bottom: logs in, a budget split and its report out. Read this file first.

Every stage is a thin Prefect task around a plain function of flows/stages/. Data moves one way, in this
process. What a night takes over from earlier ones, agents and verdicts, it reads from what they published.
"""

from datetime import date
from pathlib import Path

from flows.process.environment import prepare
from flows.process.guard import check_packages

prepare()
check_packages()

from flows.night import open_night, today  # noqa: E402
from flows.process.stage import stage  # noqa: E402
from flows.recorded import recorded  # noqa: E402
from flows.stages import cohorts, health_checks, leave, obstacles, personal, plain_comparison, rules  # noqa: E402
from flows.stages import night_stages as stages  # noqa: E402
from flows.stages.assemble import assemble_result  # noqa: E402
from flows.stages.findings import Judged, Logged  # noqa: E402
from flows.stages.log_history import examine_log, find_stop, leave_out_doubtful_days  # noqa: E402
from flows.stages.order import read_order as find_order  # noqa: E402
from flows.stages.pictures import gather_pictures  # noqa: E402
from flows.stages.promise import promise_of  # noqa: E402
from flows.stages.purchases import value_purchases as find_worth  # noqa: E402
from flows.stages.share import share_figures  # noqa: E402
from flows.stages.spend import Spending, find_todays_budget, forecast_next_period  # noqa: E402
from flows.stages.which_one import answer_which_one, checks_of_the_test, judge_arms  # noqa: E402
from flows.stages.wide_evidence import weigh_wide_evidence  # noqa: E402
from flows.study import read_answered_study, with_threads  # noqa: E402

stage_logs = stage("read the logs", retries=2)(stages.stage_logs)
examine = stage("hold the log against its past")(examine_log)
read_order = stage("read the order of events")(find_order)
build_transitions = stage("build the transitions")(stages.build_transitions)
find_budget = stage("read today's budget")(find_todays_budget)
deal_folds = stage("deal the users to folds")(stages.deal_folds)
fit_behaviour_policy = stage("learn today's delivery")(stages.fit_behaviour_policy)
value_purchases = stage("value the purchases")(find_worth)
forecast_spend = stage("forecast the spend")(forecast_next_period)
learn_from_totals = stage("learn from daily totals")(obstacles.learn_from_totals)
judge_test = stage("judge the arms of a test")(judge_arms)
find_obstacle = stage("ask what can be judged")(obstacles.find_obstacle)
train_agents = stage("train the agents")(stages.train_agents)
gather_everybody = stage("gather everybody")(cohorts.gather_everybody)
propose_policies = stage("propose policies")(stages.propose_policies)
weigh_wide = stage("weigh wider evidence")(weigh_wide_evidence)
choose_split = stage("choose the split")(stages.choose_split)
gather_shown = stage("gather the users shown")(cohorts.gather_shown)
promise_split = stage("ask what the split promises")(promise_of)
evaluate_policies = stage("evaluate every policy")(stages.evaluate_policies)
personalise = stage("look for a personalised plan")(personal.personalise)
distil_agent = stage("write the agent as rules")(rules.distil_agent)
check_health = stage("check the health")(health_checks.check_health)
check_placebos = stage("look for effects that cannot be")(health_checks.check_placebos)
decide = stage("decide")(stages.decide)
compare_plainly = stage("compare with a plain count")(plain_comparison.compare_plainly)
decline = stage("decline")(obstacles.decline)
draw = stage("draw the pictures")(gather_pictures)
assemble = stage("put the result together")(assemble_result)
share = stage("add noise to what is handed on")(share_figures)
recommend_next_actions = stage("recommend next actions")(leave.recommend_next_actions)
write_rules = stage("leave the rules")(rules.write_rules)
write_report = stage("write the report")(leave.write_report)
publish = stage("publish", retries=2)(leave.publish_night)
copy_to_store = stage("copy to the store", retries=2)(leave.copy_to_store)


def one_night(
    study: str,
    as_of: date | None = None,
    out: str = "out",
    logs: str | None = None,
    threads: int | None = None,
) -> Path:
    """Run one night of a study and return the folder of its published report.

    study: path of the study file. as_of: default today in the study's time zone. logs: replaces the
    study's log folder: a folder, or s3://bucket/prefix. threads: of the log reader; never changes a result.
    """
    settings = with_threads(read_answered_study(Path(study), logs), threads)
    with open_night(settings, as_of or today(settings), Path(out)) as night:
        events = stage_logs(night)
        history = examine(night, events)
        stop = find_stop(night, events, history)
        events = leave_out_doubtful_days(events, history)
        order = read_order(night, events, stop)
        transitions = build_transitions(night, events, order.encoder)
        budget = find_budget(night, events, transitions)
        folds = deal_folds(night, transitions)
        behaviour = fit_behaviour_policy(night, transitions)
        totals = None if stop else learn_from_totals(night, events)
        trial = None if stop else judge_test(night, events, transitions)
        obstacle = stop or (None if trial else find_obstacle(night, transitions, folds, budget, totals))
        spending = Spending(budget, forecast_spend(night, events, transitions, behaviour))
        logged = Logged(events, transitions, folds, behaviour, spending.ahead, order.notes)
        if trial:
            judged, personalised = None, None
            health = checks_of_the_test(trial, check_health(night, logged, history))
            decided = answer_which_one(night, trial, health)
        elif obstacle:
            judged, personalised = None, None
            health = check_health(night, logged, history)
            decided = decline(night, events, budget, obstacle, totals)
        else:
            valued = value_purchases(night, transitions, behaviour)
            agents = train_agents(night, valued.transitions, folds, behaviour)
            everybody = gather_everybody(night, valued.transitions, behaviour)
            candidates = propose_policies(night, events, behaviour, agents, everybody, budget)
            wide = weigh_wide(night, events, everybody)
            chosen = choose_split(night, events, everybody, behaviour, wide, budget)
            promise = promise_split(night, everybody, chosen)
            evaluation = evaluate_policies(  # nobody else needs those shown, who are as large as a table
                night, candidates, promise, gather_shown(night, valued.transitions, behaviour, everybody)
            )
            personalised = personalise(night, candidates, promise.chosen, everybody, spending)
            distilled = distil_agent(night, candidates.best_agent, everybody)
            placebos = check_placebos(night, transitions, behaviour, everybody)
            checks = check_health(night, logged, history, evaluation.estimates)
            health = (*checks, *valued.checks, *placebos, *promise.witnesses, *wide.checks)
            decided = decide(night, logged, everybody, promise, health)
            health = (*health, *compare_plainly(night, transitions, decided.split))
            told = (promise, evaluation, personalised, distilled, candidates.one_step)
            judged = Judged(agents, candidates.best_agent, everybody, *told)
        pictures = draw(night, logged, decided.split, totals, judged)
        result = assemble(night, logged, health, decided, pictures, judged)
        result = share(night, transitions, result)
        recommend_next_actions(night, transitions, behaviour, budget, personalised, result)
        write_rules(night, judged.rules if judged else None, result)
        write_report(night, result)
        folder = publish(night, events, result)
        if settings.publish.store:
            copy_to_store(night, folder)
        return folder


nightly = recorded(one_night)
