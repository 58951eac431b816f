// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-engine.h"

#include "flow-labels.h"
#include "group-times.h"
#include "link-uses.h"
#include "packet-traits.h"
#include "passes.h"

#include "config/ideal-fcts-of-run.h"
#include "ns3/m3-estimate-share.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"
#include "scenario/traffic-shape.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

namespace ns3::m3
{

namespace
{

/// What flows that meet no other take into account: the packet engine gives their slowdowns, and nobody is before or
/// behind them.
constexpr TraitSet LONE_TRAITS = PACKET_TRAITS.With({Trait::LINK_ERRORS});

/// \throws InputError for what is out of its range
void CheckQuestion(const Question& question)
{
    constexpr uint32_t MAX_THREADS = 4096;
    if (!question.sizeClasses.AreValid())
    {
        throw InputError("size classes: need ascending numbers of bytes that begin with 0, as in 0,1000,10000");
    }
    if (question.threads > MAX_THREADS)
    {
        throw InputError("threads must be at least 0 and at most " + std::to_string(MAX_THREADS) + ", is " +
                         std::to_string(question.threads));
    }
}

/// \throws InputError for labels that do not fit the flows
void CheckLabels(const Scenario& scenario, const Question& question)
{
    for (const std::string& by : question.by)
    {
        CheckLabelWord(by);
    }
    for (const FlowLabels& labels : question.labels)
    {
        if (labels.ofFlow.size() != scenario.Flows().size())
        {
            throw InputError("there are labels by " + labels.by + " of " + std::to_string(labels.ofFlow.size()) +
                             " flows, and " + std::to_string(scenario.Flows().size()) + " flows");
        }
    }
}

/// Names of the engines that take a trait into account, also in part.
std::string EnginesThatTake(Trait trait)
{
    std::string names;
    for (const EngineInfo& info : RegisteredEngines())
    {
        if (info.takes.Has(trait) || info.partly.Has(trait))
        {
            names += (names.empty() ? "" : ", ") + info.name;
        }
    }
    return names;
}

/// \throws NoAnswer for what an engine cannot do without knowing of it: flows that wait for others, hosts that
/// forward
void CheckTaken(const Scenario& scenario, const EngineInfo& info)
{
    if (scenario.WaitsForTasks() && !info.takes.Has(Trait::DEPENDENCIES) && !info.partly.Has(Trait::DEPENDENCIES))
    {
        throw NoAnswer("the engine " + info.name + " " +
                       (info.whyNoTasks.empty() ? "needs the start of every flow beforehand" : info.whyNoTasks) +
                       ", and here flows wait for others; engines that take such schedules: " +
                       EnginesThatTake(Trait::DEPENDENCIES));
    }
    if (scenario.Fabric().HasForwardingHosts() && !info.takes.Has(Trait::FORWARDING_HOSTS))
    {
        throw NoAnswer("the engine " + info.name + " does not know hosts that forward; engines that do: " +
                       EnginesThatTake(Trait::FORWARDING_HOSTS));
    }
}

/// Whether the engine answers in passes.
bool AnswersByPasses(const Scenario& scenario, const EngineInfo& info)
{
    return scenario.WaitsForTasks() && !info.takes.Has(Trait::DEPENDENCIES);
}

/// When the flows of a schedule ran.
std::vector<CompletionTime> FlowTimesOf(const TaskTimes& times, std::size_t flows)
{
    std::vector<CompletionTime> fcts;
    fcts.reserve(flows);
    for (std::size_t flow = 0; flow < flows; flow++)
    {
        const double start = times.startNs[flow];
        fcts.push_back({times.receivedNs[flow] - start, times.sentNs[flow] - start, start});
    }
    return fcts;
}

/// Slowdowns of all flows, NaN of those that did not finish.
std::vector<double> SlowdownsOf(const Scenario& scenario, const std::vector<CompletionTime>& times)
{
    IdealFctsOfRun ideals(scenario.Fabric(), scenario.Routes(), scenario.Config());
    std::vector<double> slowdowns;
    slowdowns.reserve(times.size());
    for (std::size_t i = 0; i < times.size(); i++)
    {
        const Flow& flow = scenario.Flows()[i];
        const auto ideal = static_cast<double>(ideals.NextNs(flow.src, flow.dst, flow.sizeBytes, flow.dstPort));
        slowdowns.push_back(times[i].receiverNs / ideal);
    }
    return slowdowns;
}

double SecondsSince(std::chrono::steady_clock::time_point begin)
{
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

} // namespace

Engine::Engine(EngineInfo info)
    : m_info(std::move(info)),
      m_options(m_info.text)
{
}

Engine::~Engine() = default;

bool Engine::Has(const std::string& option) const
{
    return m_options.Has(option) && std::none_of(m_info.fixed.begin(),
                                                 m_info.fixed.end(),
                                                 [&](const auto& fixed) { return fixed.first == option; });
}

void Engine::Set(const std::string& option, const std::string& text)
{
    m_options.Set(option, text);
}

void Engine::AddPassOptions()
{
    AddOption("max-passes",
              "maximum number of passes in which engines that need all starts beforehand estimate flows that wait for "
              "others: each sets the starts by the FCTs of the one before",
              m_passLimits.maxPasses,
              CountOption(1, 1000));
    AddOption("pass-tolerance",
              "mean change of completion times by a pass, relative to their mean, at which passes end",
              m_passLimits.tolerance,
              ShareOption());
}

void Engine::AddOption(const std::string& name,
                       const std::string& text,
                       const std::string& placeholder,
                       const std::string& defaultText,
                       const std::function<void(const std::string& value)>& read)
{
    m_options.AddParsed(name, text, placeholder, defaultText, [read](auto, auto value) { read(std::string(value)); });
}

void Engine::Prepare(const Scenario& scenario, const Question& question)
{
    CheckQuestion(question);
    CheckLabels(scenario, question);
    CheckTaken(scenario, m_info);
    DoPrepare(scenario, question);
}

SlowdownReport Engine::Run(const Scenario& scenario, const Question& question)
{
    Prepare(scenario, question);
    const Substitute other = SubstituteFor(scenario, question);
    if (!other.engine)
    {
        return RunItself(scenario, question);
    }
    try
    {
        SlowdownReport report = other.engine->Run(scenario, question);
        report.SetEngine(m_info.name);
        report.AddNote(other.why);
        return report;
    }
    catch (const GivenUp& reason)
    {
        SlowdownReport report = RunItself(scenario, question);
        report.AddNote(other.engine->Info().name + " was tried first and given up: " + reason.what());
        return report;
    }
}

/// Answers without a substitute, after Prepare().
SlowdownReport Engine::RunItself(const Scenario& scenario, const Question& question)
{
    const auto begin = std::chrono::steady_clock::now();
    const bool needsTimes = HasGroupsOfList(scenario, question) ||
                            ((question.links || question.AsksByLabel()) && GivesPerFlow() && !question.share);
    SlowdownReport report = AnswersByPasses(scenario, m_info) ? RunByPasses(scenario, question)
                            : needsTimes                      ? RunWithTimes(scenario, question)
                                                              : DoRun(scenario, question);
    if (!AnswersByPasses(scenario, m_info) && !needsTimes)
    {
        AddWhere(scenario, question, {}, report);
    }
    if (!AnswersByPasses(scenario, m_info)) // else they are of the last pass
    {
        AddScenarioNotes(scenario, question, report);
    }
    report.wallSeconds = SecondsSince(begin);
    DoComplete(scenario, question, report);
    return report;
}

std::vector<CompletionTime> Engine::RunPerFlow(const Scenario& scenario, const Question& question)
{
    CheckQuestion(question);
    CheckTaken(scenario, m_info);
    if (const Substitute other = SubstituteFor(scenario, question); other.engine)
    {
        try
        {
            return other.engine->RunPerFlow(scenario, question);
        }
        catch (const GivenUp&)
        {
            // the engine answers itself
        }
    }
    if (!AnswersByPasses(scenario, m_info))
    {
        return DoRunPerFlow(scenario, question);
    }
    DoPrepare(scenario, question);
    Passes passes(scenario);
    passes.Run(m_passLimits, [&](const Scenario& pass) { return DoRunPerFlow(pass, question); });
    return FlowTimesOf(passes.Times(), scenario.Flows().size());
}

SlowdownReport Engine::RunByPasses(const Scenario& scenario, const Question& question)
{
    Question asked = question;
    asked.keepFluidRun = true; // of the last pass
    std::optional<SlowdownReport> report;
    Passes passes(scenario);
    passes.Run(m_passLimits,
               [&](const Scenario& pass)
               {
                   report.reset();
                   return DoRunBoth(pass, asked, report);
               });
    if (!report)
    {
        report = DoRun(passes.Last(), asked);
    }
    if (m_info.isTrained)
    {
        report->WithholdIntervals(passes.Counts().Text());
    }
    else
    {
        report->AddNote(passes.Counts().Text());
    }
    report->passes = passes.Counts();
    report->groups = GroupsOf(*scenario.Tasks(), passes.Times());
    AddWhere(scenario, question, FlowTimesOf(passes.Times(), scenario.Flows().size()), *report);
    AddScenarioNotes(passes.Last(), question, *report);
    return std::move(*report);
}

bool Engine::HasGroupsOfList(const Scenario& scenario, const Question& question) const
{
    return scenario.Tasks() && !scenario.Tasks()->Groups().empty() && !m_info.takes.Has(Trait::DEPENDENCIES) &&
           m_info.partly.Has(Trait::DEPENDENCIES) && GivesPerFlow() && !question.share;
}

/// Runs with the times of all flows. The groups of a list, and labels, have those of FCTs that are drawn.
SlowdownReport Engine::RunWithTimes(const Scenario& scenario, const Question& question)
{
    Question asked = question;
    asked.keepFluidRun = true;
    std::optional<SlowdownReport> report;
    const std::vector<CompletionTime> times = DoRunBoth(scenario, asked, report);
    if (!report)
    {
        report = DoRun(scenario, asked);
    }
    if (HasGroupsOfList(scenario, question))
    {
        report->groups = GroupsOf(*scenario.Tasks(), TimesOfList(*scenario.Tasks(), times));
    }
    AddWhere(scenario, question, times, *report);
    return std::move(*report);
}

/// Adds slowdowns by label, and what is known of links by the routes of flows where the engine has not said more.
/// \param times one per flow, or none where they are not known
void Engine::AddWhere(const Scenario& scenario,
                      const Question& question,
                      const std::vector<CompletionTime>& times,
                      SlowdownReport& report) const
{
    if (question.share && question.share->Rank() > 0)
    {
        return;
    }
    if (question.links && !report.links)
    {
        report.links = UsesOfRoutes(scenario);
        report.AddNote("of links, " + m_info.name +
                       " knows the bytes of flows on their routes; it does not know queues, pauses, marks, losses and "
                       "where flows are delayed");
    }
    if (question.links && report.links->spanNs == 0)
    {
        SetSpan(scenario, times, *report.links);
    }
    if (question.AsksByLabel() && times.empty())
    {
        report.AddNote("slowdowns by label are not given: with these options, " + m_info.name +
                       " gives no completion times of single flows");
    }
    if (!question.AsksByLabel() || times.empty())
    {
        return;
    }
    const std::vector<double> slowdowns = SlowdownsOf(scenario, times);
    for (const std::string& by : question.by)
    {
        report.byLabel.push_back(SlowdownsByLabel(LabelFlows(scenario, by), slowdowns));
    }
    for (const FlowLabels& labels : question.labels)
    {
        report.byLabel.push_back(SlowdownsByLabel(labels, slowdowns));
    }
}

std::vector<CompletionTime>
Engine::DoRunBoth(const Scenario& scenario, const Question& question, std::optional<SlowdownReport>& /*report*/)
{
    return DoRunPerFlow(scenario, question);
}

void Engine::RunEach(const std::vector<const Scenario*>& scenarios,
                     const Question& question,
                     const std::function<void(std::size_t index, const SlowdownReport& report)>& done)
{
    for (const Scenario* scenario : scenarios)
    {
        Prepare(*scenario, question);
    }
    for (std::size_t i = 0; i < scenarios.size(); i++)
    {
        done(i, Run(*scenarios[i], question));
        if (CanStop() && question.IsToStop())
        {
            return;
        }
    }
}

std::vector<double> Engine::FctsOf(const Scenario& /*scenario*/,
                                   const Question& /*question*/,
                                   const FluidRun& /*run*/,
                                   const std::vector<uint32_t>& /*flows*/)
{
    throw InputError("the engine " + m_info.name + " does not say how long single flows of many take");
}

bool Engine::GivesFctsOf() const
{
    return false;
}

bool Engine::GivesPerFlow() const
{
    return true;
}

bool Engine::CanShare() const
{
    return false;
}

bool Engine::CanStop() const
{
    return false;
}

std::future<void> Engine::LoadAhead() const
{
    return {};
}

EngineOptions Engine::Choices(const FabricGraph& /*fabric*/, uint64_t /*flows*/) const
{
    return {};
}

void Engine::DoPrepare(const Scenario& /*scenario*/, const Question& /*question*/)
{
}

Substitute Engine::SubstituteFor(const Scenario& /*scenario*/, const Question& /*question*/)
{
    return {};
}

std::vector<CompletionTime> Engine::DoRunPerFlow(const Scenario& /*scenario*/, const Question& /*question*/)
{
    throw InputError("the engine " + m_info.name + " gives no completion times of single flows");
}

void Engine::DoComplete(const Scenario& /*scenario*/, const Question& /*question*/, SlowdownReport& /*report*/)
{
}

void Engine::AddScenarioNotes(const Scenario& scenario, const Question& question, SlowdownReport& report) const
{
    if (question.share && question.share->Rank() > 0)
    {
        return;
    }
    for (const FabricRemark& remark : scenario.Fabric().Remarks())
    {
        if (!remark.changesResults)
        {
            report.AddNote(remark.text);
        }
    }
    if (scenario.Tasks() && !scenario.Tasks()->Groups().empty() && report.groups.empty())
    {
        report.AddNote("completion times of groups are not given");
    }
    const bool isKnown = m_info.isTrained && report.AreAllFlowsKnown();
    // what the model's errors are known of is not outside of what it has learned
    const bool isLikeKnown = report.KnowsErrorsOfLikeNetworks();
    TraitSet taken = isKnown ? LONE_TRAITS : m_info.takes;
    if (isLikeKnown)
    {
        taken = taken.With({Trait::LINK_ERRORS});
    }
    for (const ScenarioTrait& trait : scenario.Traits())
    {
        if (taken.Has(trait.trait))
        {
            continue;
        }
        const std::string note =
            (m_info.partly.Has(trait.trait) ? "not fully taken into account: " : "not taken into account: ") +
            trait.text;
        if (m_info.isTrained || trait.trait == Trait::LINK_CHANGES ||
            trait.trait == Trait::LOAD_BALANCING) // samples do not show what they lack
        {
            report.WithholdIntervals(note);
        }
        else
        {
            report.AddNote(note);
        }
    }
    if (m_info.isTrained && !isKnown)
    {
        for (const std::string& beyond : BeyondAllKinds(scenario.Traffic()))
        {
            report.WithholdIntervals("traffic beyond all kinds of training: " + beyond);
        }
        for (const std::string& outside : OutsideOfTraining(scenario.Traffic()))
        {
            isLikeKnown ? report.AddNote("traffic that few networks of training have: " + outside)
                        : report.WithholdIntervals("traffic outside of what the model was trained on: " + outside);
        }
    }
    if (const std::string warning = EcnWarning(scenario.Fabric(), scenario.Config()); !warning.empty())
    {
        report.AddNote(warning);
    }
}

} // namespace ns3::m3
