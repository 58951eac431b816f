// SPDX-License-Identifier: GPL-2.0-only
#include "windows-by-packets.h"

#include "window-links.h"

#include "config/ideal-fcts-of-run.h"
#include "ns3/m3-packet-outcome.h"
#include "ns3/m3-scenario.h"
#include "packet/engine/packet-run.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

namespace ns3::m3
{

namespace
{

/// The flows of a window as the packet engine takes them.
struct WindowTraffic
{
    FlowList flows;
    PacketRunOptions options; //!< with the indices in the trace as ids of routes
};

WindowTraffic
TrafficOf(const Scenario& scenario, const SampledWindow& window, const std::vector<FlowInTransfer>& underWay)
{
    const FlowList& trace = scenario.Flows();
    WindowTraffic traffic;
    const uint32_t payload = scenario.Config().payloadBytes;
    traffic.options.beginNs = window.beginNs;
    for (const FlowInTransfer& flow : underWay)
    {
        const uint64_t size = trace[flow.flow].sizeBytes;
        const auto sent = std::min(size - 1, static_cast<uint64_t>(flow.sentShare * static_cast<double>(size)));
        traffic.options.underWay.push_back({static_cast<uint32_t>(traffic.flows.size()),
                                            sent / payload * payload,
                                            static_cast<uint64_t>(flow.rateBps),
                                            {}});
        traffic.flows.push_back(trace[flow.flow]);
        traffic.options.routeIds.push_back(flow.flow);
    }
    for (uint32_t id = FirstFrom(trace, window.beginNs); id < trace.size() && trace[id].startNs < window.stopNs; id++)
    {
        traffic.flows.push_back(trace[id]);
        traffic.options.routeIds.push_back(id);
    }
    return traffic;
}

void RunBefore(PacketRun& run, int64_t timeNs)
{
    while (run.NextTimeNs() < timeNs)
    {
        run.Run(timeNs, UINT32_MAX);
    }
}

/// Payload bytes that flows have sent by now, one value per flow; 0 for flows that have not begun, or are done.
std::vector<uint64_t> SentBytes(const PacketRun& run, std::size_t flows)
{
    std::vector<uint64_t> sent(flows, 0);
    for (const FlowUnderWay& flow : run.UnderWay())
    {
        sent[flow.flow] = flow.sentBytes;
    }
    return sent;
}

/// Slowdown of a flow that the end of the run cut off. What is left goes on at the rate of the tail for as long again,
/// since rates of large flows may fall for long; where nothing was sent in the tail, at that of all the time. Of a flow
/// that has hardly begun little is known. What is left after that goes on at the rate that flowSim expects on average.
/// \param expected slowdown by flowSim; 0: not known, all goes on at the rate of the tail
double SlowdownOfCut(const Flow& flow,
                     const SampledWindow& window,
                     int64_t idealNs,
                     uint64_t sentBefore,
                     uint64_t sent,
                     double expected)
{
    constexpr double MIN_SHARE = 0.05;
    const auto elapsed = static_cast<double>(window.stopNs - flow.startNs);
    const auto size = static_cast<double>(flow.sizeBytes);
    const double meanRate = std::max(static_cast<double>(sent), MIN_SHARE * size) / elapsed;
    const auto tail = static_cast<double>(window.stopNs - std::max(window.lastNs, flow.startNs));
    const double tailRate = static_cast<double>(sent - std::min(sent, sentBefore)) / tail;
    const double rate = std::max(tailRate, MIN_SHARE * meanRate);
    const double left = size - static_cast<double>(sent);
    const double atRate = expected > 0 ? std::min(left, rate * tail) : left;
    const double expectedNs = expected * static_cast<double>(idealNs) * (left - atRate) / size;
    return std::max(1.0, (elapsed + atRate / rate + expectedNs) / static_cast<double>(idealNs));
}

} // namespace

WindowOutcome RunWindowByPackets(const Scenario& scenario,
                                 const RdmaConfig& config,
                                 const WindowPlan& plan,
                                 const SampledWindow& window,
                                 const std::vector<FlowInTransfer>& underWay,
                                 const std::vector<float>& expected,
                                 bool keepsLinks)
{
    const WindowKind& kind = plan.kinds[window.kind];
    WindowTraffic traffic = TrafficOf(scenario, window, underWay);
    std::optional<LinkSums> sums;
    if (keepsLinks)
    {
        traffic.options.observer = &sums.emplace(scenario.Fabric(), traffic.flows, config.HeaderBytes());
    }
    const std::unique_ptr<PacketRun> run =
        MakePacketRun(scenario.Fabric(), scenario.Routes(), config, traffic.flows, traffic.options);
    RunBefore(*run, window.lastNs);
    const std::vector<uint64_t> sentBefore = SentBytes(*run, traffic.flows.size());
    RunBefore(*run, window.stopNs);
    const std::vector<uint64_t> sent = SentBytes(*run, traffic.flows.size());
    const PacketResult result = run->TakeResult();
    WindowOutcome outcome;
    outcome.kind = window.kind;
    outcome.underWay = underWay.size();
    outcome.dataHops = result.dataHops;
    outcome.drops = result.switchDrops;
    WindowLinks links;
    Route route;
    for (std::size_t i = underWay.size(); i < traffic.flows.size(); i++)
    {
        const Flow& flow = traffic.flows[i];
        const uint32_t id = traffic.options.routeIds[i];
        scenario.Routes().DataRoute({flow.src, flow.dst, id}, route);
        const int64_t ideal = IdealFctUnder(config, scenario.Fabric(), scenario.Routes(), route, flow.sizeBytes);
        if (flow.startNs < window.countNs || flow.startNs > window.stopNs - kind.RoomNs(ideal) ||
            !plan.Counts(window.kind, ideal))
        {
            continue;
        }
        const FlowOutcome& of = result.flows[i];
        const bool isCut = of.unfinished == Unfinished::STOP_TIME && of.receiverFctNs == 0;
        if (of.unfinished != Unfinished::NO && of.unfinished != Unfinished::STOP_TIME)
        {
            outcome.gaveUp++;
            continue;
        }
        outcome.cut += isCut;
        const double slowdown =
            isCut ? SlowdownOfCut(flow, window, ideal, sentBefore[i], sent[i], expected.empty() ? 0 : expected[id])
                  : SlowdownOf(of.receiverFctNs, ideal);
        if (sums)
        {
            AddDelaysOfFlow(sums->WaitsOf(static_cast<uint32_t>(i)),
                            static_cast<uint32_t>(outcome.flows.size()),
                            (slowdown - 1) * static_cast<double>(ideal),
                            links.delays);
        }
        outcome.flows.push_back({id, slowdown, 1 / plan.Inclusion(scenario.Flows(), id, ideal), isCut});
    }
    if (sums)
    {
        sums->Finish(window.stopNs);
        links.sums = sums->TakeSums();
        links.spanNs = window.stopNs - window.beginNs;
        outcome.links = std::make_shared<const WindowLinks>(std::move(links));
    }
    return outcome;
}

namespace
{

/// Strata of a size class: ranges of the expected slowdown.
class Strata
{
  public:
    /// \param sampled expected slowdowns of the flows that were simulated
    explicit Strata(std::vector<float> sampled)
    {
        constexpr double LEVELS[] = {0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.995};
        constexpr std::size_t MIN_FLOWS = 50;
        if (sampled.size() < 2 * MIN_FLOWS)
        {
            return;
        }
        std::sort(sampled.begin(), sampled.end());
        std::size_t from = 0;
        for (const double level : LEVELS)
        {
            const auto at = static_cast<std::size_t>(level * static_cast<double>(sampled.size()));
            const float edge = sampled[std::min(at, sampled.size() - 1)];
            const auto next =
                static_cast<std::size_t>(std::lower_bound(sampled.begin(), sampled.end(), edge) - sampled.begin());
            if (next >= from + MIN_FLOWS && next + MIN_FLOWS <= sampled.size())
            {
                m_edges.push_back(edge);
                from = next;
            }
        }
    }

    std::size_t Count() const
    {
        return m_edges.size() + 1;
    }

    std::size_t Of(float expected) const
    {
        return static_cast<std::size_t>(std::upper_bound(m_edges.begin(), m_edges.end(), expected) - m_edges.begin());
    }

  private:
    std::vector<float> m_edges; //!< ascending; a stratum begins at each
};

/// Strata of all size classes, and how many flows they have.
struct StrataOfTrace
{
    std::vector<Strata> ofClass;
    std::vector<std::vector<double>> inTrace;   //!< [class][stratum] flows
    std::vector<std::vector<double>> inWindows; //!< [class][stratum] weights
};

StrataOfTrace StratifyTrace(const FlowList& flows,
                            const std::vector<WindowOutcome>& windows,
                            const std::vector<float>& expected,
                            const SizeClasses& classes)
{
    const auto classOf = [&](uint32_t flow) { return classes.ClassOf(flows[flow].sizeBytes); };
    const auto expectedOf = [&](uint32_t flow) { return expected.empty() ? 1.F : expected[flow]; };
    std::vector<std::vector<float>> sampled(classes.Count());
    for (const WindowOutcome& window : windows)
    {
        for (const WindowFlow& flow : window.flows)
        {
            sampled[classOf(flow.flow)].push_back(expectedOf(flow.flow));
        }
    }
    StrataOfTrace strata;
    for (std::vector<float>& ofClass : sampled)
    {
        strata.ofClass.emplace_back(std::move(ofClass));
        strata.inTrace.emplace_back(strata.ofClass.back().Count(), 0);
    }
    strata.inWindows = strata.inTrace;
    for (uint32_t id = 0; id < flows.size(); id++)
    {
        const std::size_t c = classOf(id);
        strata.inTrace[c][strata.ofClass[c].Of(expectedOf(id))]++;
    }
    for (const WindowOutcome& window : windows)
    {
        for (const WindowFlow& flow : window.flows)
        {
            const std::size_t c = classOf(flow.flow);
            strata.inWindows[c][strata.ofClass[c].Of(expectedOf(flow.flow))] += flow.weight;
        }
    }
    return strata;
}

} // namespace

void AddWindows(const FlowList& flows,
                const std::vector<WindowOutcome>& windows,
                const std::vector<float>& expected,
                SlowdownReport& report)
{
    const SizeClasses& classes = report.Classes();
    const StrataOfTrace strata = StratifyTrace(flows, windows, expected, classes);
    const auto expectedOf = [&](uint32_t flow) { return expected.empty() ? 1.F : expected[flow]; };
    std::vector<uint64_t> sampled(classes.Count(), 0);
    std::vector<uint64_t> cut(classes.Count(), 0);
    for (const WindowOutcome& window : windows)
    {
        report.BeginUnit();
        for (const WindowFlow& flow : window.flows)
        {
            const std::size_t c = classes.ClassOf(flows[flow.flow].sizeBytes);
            const std::size_t s = strata.ofClass[c].Of(expectedOf(flow.flow));
            const double weight = flow.weight * strata.inTrace[c][s] / strata.inWindows[c][s];
            report.Add(c, flow.slowdown, weight, static_cast<uint32_t>(s));
            sampled[c]++;
            cut[c] += flow.isCut;
        }
    }
    for (std::size_t c = 0; c < sampled.size(); c++)
    {
        constexpr uint64_t MIN_WHOLE = 10; // flows for each that was cut
        report.SetSampledFlows(c, sampled[c]);
        if (cut[c] * MIN_WHOLE > sampled[c])
        {
            report.WithholdClassIntervals(
                c,
                std::to_string(cut[c]) + " of " + std::to_string(sampled[c]) + " flows of " + classes.Name(c) +
                    " outlast their run: its quantiles are extrapolated, and have no interval");
        }
    }
}

} // namespace ns3::m3
