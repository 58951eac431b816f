// SPDX-License-Identifier: GPL-2.0-only
// The engine flowsim: max-min fluid.
#include "built-in-engines.h"
#include "group-times.h"
#include "kept-fluid-run.h"
#include "link-uses.h"
#include "per-flow-times.h"

#include "config/ideal-fcts-of-run.h"
#include "features/flow-features.h"
#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-load-balancing-description.h"
#include "ns3/m3-scenario.h"
#include "ns3/m3-schedule.h"

#include <cmath>
#include <limits>
#include <optional>
#include <string>

namespace ns3::m3
{

namespace
{

/// Delays of flows at links, where they are asked for.
class DelayList
{
  public:
    explicit DelayList(const Scenario& scenario, bool isWanted)
        : m_isWanted(isWanted),
          m_slowdowns(isWanted ? scenario.Flows().size() : 0, std::numeric_limits<double>::quiet_NaN())
    {
    }

    /// Returns whom flowSim is to tell; empty where they are not asked for.
    FluidDelayTeller Teller()
    {
        if (!m_isWanted)
        {
            return {};
        }
        return [this](uint32_t flow, const Route& links, const std::vector<double>& delayNs)
        {
            for (std::size_t i = 0; i < links.size(); i++)
            {
                if (delayNs[i] > 0)
                {
                    m_delays.push_back({flow, links[i], delayNs[i]});
                }
            }
        };
    }

    void Ended(uint32_t flow, double slowdown)
    {
        if (m_isWanted)
        {
            m_slowdowns[flow] = slowdown;
        }
    }

    void AddTo(LinkUses& uses) const
    {
        AddDelays(m_delays, m_slowdowns, uses);
    }

  private:
    bool m_isWanted;
    std::vector<LinkDelay> m_delays;
    std::vector<double> m_slowdowns;
};

class FlowsimEngine : public Engine
{
  public:
    using Engine::Engine;

    bool GivesFctsOf() const override
    {
        return true;
    }

    std::vector<double> FctsOf(const Scenario& scenario,
                               const Question& /*question*/,
                               const FluidRun& run,
                               const std::vector<uint32_t>& flows) override
    {
        std::vector<double> fcts;
        fcts.reserve(flows.size());
        for (const uint32_t flow : flows)
        {
            const UncongestedFct uncongested = UncongestedFctOf(scenario.Fabric(), scenario.Flows(), run.fluid, flow);
            fcts.push_back(uncongested.Slowdown(run.fluidFctNs[flow]) * uncongested.idealNs);
        }
        return fcts;
    }

  private:
    SlowdownReport DoRun(const Scenario& scenario, const Question& question) override
    {
        SlowdownReport report(Info().name, question.sizeClasses);
        TellBalancing(scenario, report);
        const bool hasGroups = scenario.Tasks() && !scenario.Tasks()->Groups().empty();
        DelayList delays(scenario, question.links && SaysWhere(scenario));
        std::vector<double> slowdowns(hasGroups ? scenario.Flows().size() : 0,
                                      std::numeric_limits<double>::quiet_NaN()); // of flows that do not end
        const auto ended = [&](uint32_t flow, double slowdown)
        {
            report.Add(question.sizeClasses.ClassOf(scenario.Flows()[flow].sizeBytes), slowdown);
            delays.Ended(flow, slowdown);
            if (hasGroups)
            {
                slowdowns[flow] = slowdown;
            }
        };
        if (scenario.WaitsForTasks())
        {
            const TaskTimes times = RunTasks(scenario, question, ended, delays.Teller());
            TellLinks(scenario, question, delays, report);
            TellUnfinished(times, scenario.Flows().size(), report);
            if (hasGroups)
            {
                report.groups = GroupsOf(*scenario.Tasks(), times);
            }
            report.Finish();
            return report;
        }
        const FluidStatistics statistics = RunList(scenario, question, ended, delays.Teller());
        TellLinks(scenario, question, delays, report);
        report.SetUnfinished(statistics.unfinished,
                             statistics.unfinished > 0 ? std::to_string(statistics.unfinished) + " unreachable" : "");
        if (hasGroups)
        {
            report.groups = GroupsOf(*scenario.Tasks(), ListTimes(scenario, slowdowns));
        }
        report.Finish();
        return report;
    }

    /// Tells the report which flows have no route to the end, and which wait for one of them.
    static void TellUnfinished(const TaskTimes& times, std::size_t flows, SlowdownReport& report)
    {
        uint64_t unreachable = 0;
        uint64_t waiting = 0;
        for (std::size_t flow = 0; flow < flows; flow++)
        {
            waiting += std::isnan(times.startNs[flow]);
            unreachable += !std::isnan(times.startNs[flow]) && std::isnan(times.receivedNs[flow]);
        }
        std::string text = unreachable > 0 ? std::to_string(unreachable) + " unreachable" : "";
        text += waiting > 0 ? (text.empty() ? "" : ", ") + std::to_string(waiting) + " waiting" : "";
        report.SetUnfinished(unreachable + waiting, text);
    }

    /// Whether it says where flows are delayed: not where links change, or flows are split.
    static bool SaysWhere(const Scenario& scenario)
    {
        return scenario.Config().failures.empty() && !Splits(scenario);
    }

    /// Tells the report what is known of links, where that is asked for.
    static void
    TellLinks(const Scenario& scenario, const Question& question, const DelayList& delays, SlowdownReport& report)
    {
        if (!question.links)
        {
            return;
        }
        report.links = UsesOfRoutes(scenario);
        std::string unknown = "of links, flowsim knows bytes and delay; it has no queues, pauses, marks and losses";
        if (SaysWhere(scenario))
        {
            delays.AddTo(*report.links);
        }
        else
        {
            unknown = "of links, flowsim knows the bytes of flows on their first route; where links fail or flows use "
                      "several paths, it does not say where flows are delayed";
        }
        report.AddNote(unknown);
    }

    /// Whether flows use all their shortest paths.
    static bool Splits(const Scenario& scenario)
    {
        return LoadBalancingOf(scenario.Config().loadBalancing).sharesEvenly;
    }

    /// Returns what the slowdown of a flow is relative to, ns: over all paths where it is divided among them.
    static double IdealNs(const Scenario& scenario, const Route& route, uint64_t sizeBytes)
    {
        const RdmaConfig& config = scenario.Config();
        const FabricGraph& fabric = scenario.Fabric();
        return static_cast<double>(Splits(scenario) && config.failures.empty()
                                       ? IdealFctUnder(config, fabric, scenario.Routes(), route, sizeBytes)
                                       : IdealFctNs(fabric, route, sizeBytes, config.Format(), config.mode));
    }

    /// Tells what of load balancing the answer leaves out.
    static void TellBalancing(const Scenario& scenario, SlowdownReport& report)
    {
        const LoadBalancingDescription& balancing = LoadBalancingOf(scenario.Config().loadBalancing);
        if (balancing.make && (!balancing.sharesEvenly || !scenario.Config().failures.empty()))
        {
            report.AddNote("not taken into account: load balancing by " + balancing.name +
                           "; each flow takes one path");
        }
    }

    static FluidStatistics RunList(const Scenario& scenario,
                                   const Question& question,
                                   const std::function<void(uint32_t flow, double slowdown)>& ended,
                                   const FluidDelayTeller& delayed = {})
    {
        const auto classes = FluidClassesOf(scenario.Fabric(), scenario.Config(), scenario.Flows());
        return StreamFabricFlowSim(scenario.Fabric(),
                                   scenario.Routes(),
                                   scenario.Flows(),
                                   scenario.Config().Format(),
                                   ended,
                                   FlowProgress(scenario, question),
                                   classes ? &*classes : nullptr,
                                   LinkChangesOf(scenario.Fabric(), scenario.Config().failures),
                                   Splits(scenario),
                                   delayed);
    }

    std::vector<CompletionTime> DoRunPerFlow(const Scenario& scenario, const Question& question) override
    {
        if (scenario.WaitsForTasks())
        {
            const TaskTimes all = RunTasks(scenario, question, [](uint32_t, double) {});
            std::vector<CompletionTime> times;
            for (std::size_t id = 0; id < scenario.Flows().size(); id++)
            {
                times.push_back(
                    {all.receivedNs[id] - all.startNs[id], all.sentNs[id] - all.startNs[id], all.startNs[id]});
            }
            return times;
        }
        if (!scenario.Config().failures.empty() || Splits(scenario))
        {
            return TimesOfStream(scenario, question);
        }
        const auto run = m_run.Of(scenario, question);
        std::vector<CompletionTime> times;
        times.reserve(scenario.Flows().size());
        for (std::size_t id = 0; id < scenario.Flows().size(); id++)
        {
            const UncongestedFct uncongested = UncongestedFctOf(scenario.Fabric(), scenario.Flows(), run->fluid, id);
            times.push_back(TimeOf(scenario,
                                   uncongested.Slowdown(run->fluidFctNs[id]),
                                   uncongested.idealNs,
                                   run->fluid.flows[id].links));
        }
        return times;
    }

    static std::vector<CompletionTime> TimesOfStream(const Scenario& scenario, const Question& question)
    {
        constexpr double MISSING = std::numeric_limits<double>::quiet_NaN();
        const FabricFluid fluid =
            MakeFabricFluid(scenario.Fabric(), scenario.Routes(), scenario.Flows(), scenario.Config().Format());
        std::vector<CompletionTime> times(scenario.Flows().size(), {MISSING, MISSING});
        RunList(scenario,
                question,
                [&](uint32_t flow, double slowdown)
                {
                    const Route& route = fluid.flows[flow].links;
                    const double ideal = IdealNs(scenario, route, scenario.Flows()[flow].sizeBytes);
                    times[flow] = TimeOf(scenario, slowdown, ideal, route);
                });
        return times;
    }

    static TaskTimes RunTasks(const Scenario& scenario,
                              const Question& question,
                              const std::function<void(uint32_t flow, double slowdown)>& ended,
                              const FluidDelayTeller& delayed = {})
    {
        const std::optional<FluidClasses> classes =
            FluidClassesOf(scenario.Fabric(), scenario.Config(), scenario.Flows());
        return ScheduleFlowSim(scenario.Fabric(),
                               scenario.Routes(),
                               *scenario.Tasks(),
                               scenario.Config().Format(),
                               scenario.Config().AckBytes(),
                               ended,
                               FlowProgress(scenario, question),
                               classes ? &*classes : nullptr,
                               LinkChangesOf(scenario.Fabric(), scenario.Config().failures),
                               nullptr,
                               Splits(scenario),
                               delayed);
    }

    /// When the tasks of a schedule without dependencies ran.
    static TaskTimes ListTimes(const Scenario& scenario, const std::vector<double>& slowdowns)
    {
        const Schedule& schedule = *scenario.Tasks();
        RoutesOfFlows routes(scenario.Routes());
        Route route;
        TaskTimes times;
        for (std::size_t i = 0; i < schedule.Flows().size(); i++)
        {
            const Flow& flow = schedule.Flows()[i];
            times.startNs.push_back(static_cast<double>(flow.startNs));
            routes.Next(flow.src, flow.dst, route, flow.dstPort);
            times.receivedNs.push_back(times.startNs.back() + slowdowns[i] * IdealNs(scenario, route, flow.sizeBytes));
        }
        for (const Compute& compute : schedule.Computes())
        {
            times.startNs.push_back(static_cast<double>(compute.startNs));
            times.receivedNs.push_back(static_cast<double>(compute.startNs + compute.durationNs));
        }
        times.sentNs = times.receivedNs; // nothing waits for it
        return times;
    }

    KeptFluidRun m_run{FluidKind::OF_CLASSES};
};

} // namespace

std::vector<EngineEntry> FlowsimEngines()
{
    EngineInfo info;
    info.name = "flowsim";
    info.text = "every flow at its max-min fair rate; without packets and queues";
    info.role = EngineRole::BASELINE;
    // it has neither queues nor congestion control at all, which docs/guide.md says; these are parts of them
    info.takes = {Trait::LINK_CHANGES,
                  Trait::PRIORITIES,
                  Trait::LOAD_BALANCING,
                  Trait::ACK_PRIORITY,
                  Trait::PAIR_WINDOWS,
                  Trait::PACED_AT_CAP,
                  Trait::PORT_THRESHOLDS,
                  Trait::RECOVERY,
                  Trait::CONTROL_PARAMETERS,
                  Trait::CONTROL_INPUTS,
                  Trait::ASYMMETRIC_LINKS,
                  Trait::FORWARDING_HOSTS,
                  Trait::DEPENDENCIES};
    return {MakeEngineEntry<FlowsimEngine>(info)};
}

} // namespace ns3::m3
