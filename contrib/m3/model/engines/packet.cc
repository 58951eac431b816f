// SPDX-License-Identifier: GPL-2.0-only
// The engines packet and rerun: every packet, on ns-3's Simulator.
#include "built-in-engines.h"
#include "group-times.h"
#include "link-uses.h"
#include "packet-traits.h"
#include "per-flow-times.h"

#include "config/ideal-fcts-of-run.h"
#include "core/text-format.h"
#include "ns3/m3-packet-simulation.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"
#include "packet/engine/link-sums.h"

#include <limits>
#include <optional>

namespace ns3::m3
{

namespace
{

/// \param sums null: nobody asks for them \throws GivenUp
PacketResult
RunPackets(const Scenario& scenario, const Question& question, uint64_t maxEvents, LinkSums* sums = nullptr)
{
    PacketRunOptions options;
    options.maxEvents = maxEvents;
    options.observer = sums;
    options.progress = FlowProgress(scenario, question);
    options.schedule = scenario.Tasks();
    PacketResult result = RunPacketSimulation(scenario.Fabric(), scenario.Config(), scenario.Flows(), options);
    if (result.beyondLimits)
    {
        throw GivenUp("its packets take more than " + CountText(maxEvents) + " events");
    }
    return result;
}

/// When the tasks of a schedule ran.
TaskTimes TimesOf(const Schedule& schedule, const PacketResult& result)
{
    constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
    TaskTimes times;
    for (std::size_t place = 0; place < schedule.TaskCount(); place++)
    {
        const TaskId task = schedule.TaskAt(place);
        const int64_t earliest =
            task.IsCompute() ? schedule.Computes()[task.Index()].startNs : schedule.Flows()[place].startNs;
        const int64_t start = result.taskStartsNs.empty() ? earliest : result.taskStartsNs[place];
        times.startNs.push_back(start < 0 ? NEVER : static_cast<double>(start));
        double receivedNs = NEVER;
        double sentNs = NEVER;
        if (task.IsCompute())
        {
            receivedNs = sentNs = static_cast<double>(schedule.Computes()[task.Index()].durationNs);
        }
        else if (const FlowOutcome& flow = result.flows[place]; flow.unfinished == Unfinished::NO)
        {
            receivedNs = static_cast<double>(flow.receiverFctNs);
            sentNs = static_cast<double>(flow.senderFctNs);
        }
        times.receivedNs.push_back(times.startNs.back() + receivedNs);
        times.sentNs.push_back(times.startNs.back() + sentNs);
    }
    return times;
}

/// When the flows of a run ended.
std::vector<CompletionTime> TimesOfFlows(const PacketResult& result)
{
    std::vector<CompletionTime> times;
    times.reserve(result.flows.size());
    for (const FlowOutcome& flow : result.flows)
    {
        constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
        const bool waits = !result.taskStartsNs.empty();
        const bool finished = flow.unfinished == Unfinished::NO;
        times.push_back({finished ? static_cast<double>(flow.receiverFctNs) : NEVER,
                         finished ? static_cast<double>(flow.senderFctNs) : NEVER,
                         waits ? static_cast<double>(result.taskStartsNs[times.size()]) : NEVER});
    }
    return times;
}

/// Runs on ns3::Simulator, so before or after Simulator::Run(), not from an event.
class PacketLevelEngine : public Engine
{
  public:
    /// \param maxEvents of a run, which is given up beyond them
    explicit PacketLevelEngine(const EngineInfo& info, uint64_t maxEvents = UINT64_MAX)
        : Engine(info),
          m_maxEvents(maxEvents)
    {
    }

  protected:
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override
    {
        std::optional<SlowdownReport> report;
        DoRunBoth(scenario, question, report);
        return std::move(*report);
    }

    std::vector<CompletionTime>
    DoRunBoth(const Scenario& scenario, const Question& question, std::optional<SlowdownReport>& report) override
    {
        std::optional<LinkSums> sums;
        if (question.links)
        {
            sums.emplace(scenario.Fabric(), scenario.Flows(), scenario.Config().HeaderBytes());
        }
        const PacketResult result = RunPackets(scenario, question, m_maxEvents, sums ? &*sums : nullptr);
        report = ReportOf(scenario, question, result, sums);
        return TimesOfFlows(result);
    }

    std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question) override
    {
        return TimesOfFlows(RunPackets(scenario, question, m_maxEvents));
    }

  private:
    SlowdownReport ReportOf(const Scenario& scenario,
                            const Question& question,
                            const PacketResult& result,
                            std::optional<LinkSums>& sums) const
    {
        constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
        const FlowList& flows = scenario.Flows();
        SlowdownReport report(Info().name, question.sizeClasses);
        std::vector<double> slowdowns(sums ? flows.size() : 0, NEVER);
        std::vector<double> fctNs = slowdowns;
        std::vector<double> idealNs = slowdowns;
        IdealFctsOfRun ideals(scenario.Fabric(), scenario.Routes(), scenario.Config());
        for (std::size_t i = 0; i < flows.size(); i++)
        {
            const int64_t ideal = ideals.NextNs(flows[i].src, flows[i].dst, flows[i].sizeBytes, flows[i].dstPort);
            if (result.flows[i].unfinished != Unfinished::NO)
            {
                continue;
            }
            const double slowdown = SlowdownOf(result.flows[i].receiverFctNs, ideal);
            report.Add(question.sizeClasses.ClassOf(flows[i].sizeBytes), slowdown);
            if (sums)
            {
                slowdowns[i] = slowdown;
                fctNs[i] = static_cast<double>(result.flows[i].receiverFctNs);
                idealNs[i] = static_cast<double>(ideal);
            }
        }
        report.SetUnfinished(flows.size() - result.completionOrder.size(), UnfinishedText(result));
        report.packetCounts = CountsOf(result);
        if (const std::string recovery = RecoveryText(result); !recovery.empty())
        {
            report.AddNote(recovery);
        }
        if (scenario.Tasks() && !scenario.Tasks()->Groups().empty())
        {
            report.groups = GroupsOf(*scenario.Tasks(), TimesOf(*scenario.Tasks(), result));
        }
        const std::string deadlock = DeadlockText(scenario.Fabric(), result);
        if (!deadlock.empty())
        {
            report.AddNote(deadlock);
        }
        if (sums)
        {
            sums->Finish();
            report.links = UsesOfPackets(scenario, sums->Sums(), static_cast<double>(sums->EndNs() - sums->BeginNs()));
            AddDelays(DelaysOfPackets(*sums, fctNs, idealNs), slowdowns, *report.links);
        }
        report.Finish();
        return report;
    }

    const uint64_t m_maxEvents;
};

/// The same with perturbed start times: the difference between two runs of the truth.
class RerunEngine : public PacketLevelEngine
{
  public:
    using PacketLevelEngine::PacketLevelEngine;

    EngineOptions Choices(const FabricGraph& /*fabric*/, uint64_t /*flows*/) const override
    {
        return {{"other-ties", "true"}};
    }

  private:
    /// What `run` returns for the scenario with perturbed start times.
    template <typename Run>
    static auto WithPerturbedStarts(const Scenario& scenario, const Run& run)
    {
        if (scenario.Tasks())
        {
            const Schedule moved = PerturbStartTimes(*scenario.Tasks());
            return run(Scenario(scenario, moved));
        }
        const FlowList moved = PerturbStartTimes(scenario.Flows());
        return run(Scenario(scenario, moved));
    }

    std::vector<CompletionTime>
    DoRunBoth(const Scenario& scenario, const Question& question, std::optional<SlowdownReport>& report) override
    {
        const auto run = [&](const Scenario& moved) { return PacketLevelEngine::DoRunBoth(moved, question, report); };
        return WithPerturbedStarts(scenario, run);
    }

    std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question) override
    {
        const auto run = [&](const Scenario& moved) { return PacketLevelEngine::DoRunPerFlow(moved, question); };
        return WithPerturbedStarts(scenario, run);
    }
};

EngineInfo PacketInfo()
{
    EngineInfo packet;
    packet.name = "packet";
    packet.text = "every packet through NICs, queues and switches: the truth here";
    packet.takes = PACKET_TRAITS.With({Trait::LOAD_BALANCING,
                                       Trait::LINK_CHANGES,
                                       Trait::LINK_ERRORS,
                                       Trait::ASYMMETRIC_LINKS,
                                       Trait::FORWARDING_HOSTS,
                                       Trait::DEPENDENCIES});
    return packet;
}

} // namespace

std::unique_ptr<Engine> MakeLimitedPacketEngine(uint64_t maxEvents)
{
    return std::make_unique<PacketLevelEngine>(PacketInfo(), maxEvents);
}

std::vector<EngineEntry> PacketEngines()
{
    EngineInfo packet = PacketInfo();
    EngineInfo rerun = packet;
    rerun.name = "rerun";
    rerun.text =
        "packets again with perturbed start times (every second flow 1 ns later): errors of this size are chance";
    rerun.family = packet.name;
    packet.role = EngineRole::TRUTH;
    return {MakeEngineEntry<PacketLevelEngine>(packet), MakeEngineEntry<RerunEngine>(rerun)};
}

} // namespace ns3::m3
