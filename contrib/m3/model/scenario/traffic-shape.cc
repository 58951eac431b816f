// SPDX-License-Identifier: GPL-2.0-only
#include "traffic-shape.h"

#include "core/text-format.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace ns3::m3
{

namespace
{

/// Finds bursts at hosts: flows from or to one host in a base RTT, more than chance explains.
class BurstFinder
{
  public:
    /// \param perHost flows of the whole list at each host \param bdpBytes of each host's links
    BurstFinder(std::vector<uint64_t> perHost, std::vector<double> bdpBytes, uint64_t flows)
        : m_perHost(std::move(perHost)),
          m_bdpBytes(std::move(bdpBytes)),
          m_flows(static_cast<double>(flows)),
          m_state(m_perHost.size())
    {
    }

    /// A flow enters the window of the last base RTT. \param inWindow flows of all hosts in it
    void Enter(NodeId host, double windowBytes, double nowNs, double rttNs, std::size_t inWindow)
    {
        State& state = m_state[host];
        state.count++;
        state.bytes += windowBytes;
        if (state.count < FEWEST)
        {
            return;
        }
        const double expected = static_cast<double>(inWindow) * static_cast<double>(m_perHost[host]) / m_flows;
        const double count = state.count;
        if (count <= expected || state.bytes * (1 - expected / count) <= m_bdpBytes[host])
        {
            return;
        }
        // Chernoff's bound on the probability of this number: exp(-surprise)
        const double surprise = count * std::log(count / expected) - count + expected;
        if (surprise > LIKELY)
        {
            likelyMembers += state.likely.Add(state.count, nowNs, rttNs);
        }
        if (surprise > CERTAIN)
        {
            members += state.certain.Add(state.count, nowNs, rttNs);
            largest = std::max(largest, state.count);
        }
    }

    /// A flow leaves the window.
    void Leave(NodeId host, double windowBytes)
    {
        m_state[host].count--;
        m_state[host].bytes -= windowBytes;
    }

    uint64_t members = 0;
    uint64_t likelyMembers = 0;
    uint32_t largest = 0;

  private:
    static constexpr uint32_t FEWEST = 4;   //!< Flows of a burst.
    static constexpr double LIKELY = 6.9;   //!< Negative logarithm of 1e-3.
    static constexpr double CERTAIN = 13.8; //!< Negative logarithm of 1e-6.

    /// Counts each flow of overlapping bursts once.
    struct Members
    {
        double lastNs = -1e18;

        uint64_t Add(uint32_t count, double nowNs, double rttNs)
        {
            const bool goesOn = lastNs >= nowNs - rttNs;
            lastNs = nowNs;
            return goesOn ? 1 : count;
        }
    };

    /// A host in the window.
    struct State
    {
        uint32_t count = 0;
        double bytes = 0;
        Members likely;
        Members certain;
    };

    std::vector<uint64_t> m_perHost;
    std::vector<double> m_bdpBytes;
    double m_flows;
    std::vector<State> m_state;
};

/// Excess of short gaps over what lognormal gaps of training have.
double SynchronisedStarts(const FlowList& flows, double rttNs)
{
    constexpr double LARGEST_SIGMA = 2.2; // of training; a larger one has more short gaps
    const std::array<double, 4> limits{1, rttNs / 100, rttNs / 10, rttNs};
    if (flows.size() < 2)
    {
        return 0;
    }
    std::array<uint64_t, 4> shorter{};
    for (std::size_t i = 1; i < flows.size(); i++)
    {
        const auto gap = static_cast<double>(flows[i].startNs - flows[i - 1].startNs);
        for (std::size_t k = 0; k < limits.size(); k++)
        {
            shorter[k] += gap < limits[k];
        }
    }
    const auto gaps = static_cast<double>(flows.size() - 1);
    const double mean = std::max(1e-3, static_cast<double>(flows.back().startNs - flows.front().startNs) / gaps);
    double excess = 0;
    for (std::size_t k = 0; k < limits.size(); k++)
    {
        const double deviations = (std::log(limits[k] / mean) + LARGEST_SIGMA * LARGEST_SIGMA / 2) / LARGEST_SIGMA;
        const double inTraining = std::erfc(-deviations / std::sqrt(2.0)) / 2;
        excess = std::max(excess, static_cast<double>(shorter[k]) / gaps - inTraining);
    }
    return excess;
}

/// Share of the most frequent size. Takes a sample of long lists.
double CommonSizeShare(const FlowList& flows)
{
    constexpr std::size_t SAMPLE = 100'000;
    const std::size_t step = flows.size() / SAMPLE + 1;
    std::vector<uint64_t> sizes;
    for (std::size_t i = 0; i < flows.size(); i += step)
    {
        sizes.push_back(flows[i].sizeBytes);
    }
    std::sort(sizes.begin(), sizes.end());
    std::size_t largest = 0;
    for (auto begin = sizes.begin(); begin != sizes.end();)
    {
        const auto end = std::upper_bound(begin, sizes.end(), *begin);
        largest = std::max(largest, static_cast<std::size_t>(end - begin));
        begin = end;
    }
    return static_cast<double>(largest) / static_cast<double>(sizes.size());
}

/// What goes over the links of a host, one direction.
struct HostTraffic
{
    std::vector<uint64_t> flows;
    std::vector<double> wireBytes;

    explicit HostTraffic(uint32_t nodes)
        : flows(nodes, 0),
          wireBytes(nodes, 0)
    {
    }

    void Add(NodeId host, double bytes)
    {
        flows[host]++;
        wireBytes[host] += bytes;
    }

    double LargestShare(std::size_t all) const
    {
        return static_cast<double>(*std::max_element(flows.begin(), flows.end())) / static_cast<double>(all);
    }
};

constexpr double MIN_MEAN_OF_KINDS = 30;  // of mice, bytes
constexpr double MAX_MEAN_OF_KINDS = 3e6; // of permutations

bool IsMeanOfAKind(const TrafficShape& shape)
{
    return shape.meanBytes >= MIN_MEAN_OF_KINDS && shape.meanBytes <= MAX_MEAN_OF_KINDS;
}

} // namespace

TrafficShape MeasureTraffic(const FabricGraph& fabric, const FlowList& flows, const TrafficUnits& units)
{
    TrafficShape shape;
    shape.flows = flows.size();
    HostTraffic sent(fabric.NodeCount());
    HostTraffic received(fabric.NodeCount());
    double bytes = 0;
    double squares = 0;
    for (const Flow& flow : flows)
    {
        const auto size = static_cast<double>(flow.sizeBytes);
        const auto wire = static_cast<double>(WireBytes(flow.sizeBytes, units.format));
        sent.Add(flow.src, wire);
        received.Add(flow.dst, wire);
        bytes += size;
        squares += size * size;
    }
    shape.meanBytes = bytes / static_cast<double>(flows.size());
    shape.effectiveFlows = bytes * bytes / squares;
    shape.senderShare = sent.LargestShare(flows.size());
    shape.receiverShare = received.LargestShare(flows.size());
    shape.commonSizeShare = CommonSizeShare(flows);
    shape.synchronisedStarts = SynchronisedStarts(flows, units.rttNs);

    const double spanNs = units.rttNs + static_cast<double>(flows.back().startNs - flows.front().startNs);
    std::vector<double> bdpBytes(fabric.NodeCount(), 0);
    for (const NodeId host : fabric.Hosts())
    {
        const double bytesPerNs = static_cast<double>(fabric.PortCapacity(host)) / 8e9;
        bdpBytes[host] = bytesPerNs * units.rttNs;
        const double largest = std::max(sent.wireBytes[host], received.wireBytes[host]);
        shape.offeredLoad = std::max(shape.offeredLoad, bytesPerNs > 0 ? largest / (bytesPerNs * spanNs) : 0);
    }

    BurstFinder from(sent.flows, bdpBytes, flows.size());
    BurstFinder to(received.flows, bdpBytes, flows.size());
    const auto windowOf = [&](const Flow& flow)
    { return std::min(units.windowBytes, static_cast<double>(WireBytes(flow.sizeBytes, units.format))); };
    std::size_t first = 0;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        const Flow& flow = flows[i];
        const auto now = static_cast<double>(flow.startNs);
        for (; static_cast<double>(flows[first].startNs) < now - units.rttNs; first++)
        {
            from.Leave(flows[first].src, windowOf(flows[first]));
            to.Leave(flows[first].dst, windowOf(flows[first]));
        }
        const std::size_t inWindow = i - first + 1;
        from.Enter(flow.src, windowOf(flow), now, units.rttNs, inWindow);
        to.Enter(flow.dst, windowOf(flow), now, units.rttNs, inWindow);
    }
    const auto all = static_cast<double>(flows.size());
    shape.burstShare = static_cast<double>(std::max(from.members, to.members)) / all;
    shape.likelyBurstShare = static_cast<double>(std::max(from.likelyMembers, to.likelyMembers)) / all;
    shape.largestBurst = std::max(from.largest, to.largest);
    return shape;
}

std::vector<std::string> BeyondAllKinds(const TrafficShape& shape)
{
    std::vector<std::string> lines;
    if (shape.flows < FEWEST_FLOWS)
    {
        lines.push_back(FormatText("%llu flows, of which a p99 is known from %llu on",
                                   static_cast<unsigned long long>(shape.flows),
                                   static_cast<unsigned long long>(FEWEST_FLOWS)));
    }
    if (!IsMeanOfAKind(shape))
    {
        lines.push_back(FormatText("flows of %.0f B on average, training has %.0f to %.0f",
                                   shape.meanBytes,
                                   MIN_MEAN_OF_KINDS,
                                   MAX_MEAN_OF_KINDS));
    }
    return lines;
}

std::vector<std::string> OutsideOfTraining(const TrafficShape& shape)
{
    // what 99.9 % of 2,420 drawn scenarios keep to, rounded outwards; of flows and sizes, what DrawScenario says
    constexpr double MIN_MEAN = 1000;
    constexpr double LARGEST_MEAN = 2.2e6;
    constexpr double LARGEST_SHARE = 0.55;
    constexpr double FEWEST_EFFECTIVE = 5;
    constexpr double LARGEST_LOAD = 4.5;
    constexpr double SYNCHRONISED = 0.06;
    constexpr double IN_BURSTS = 3e-4;
    constexpr double LIKELY_IN_BURSTS = 0.01;
    std::vector<std::string> lines;
    const auto add = [&lines](bool outside, const char* format, auto... values)
    {
        if (outside)
        {
            lines.push_back(FormatText(format, values...));
        }
    };
    const auto percent = [](double share) { return 100 * share; };
    add(IsMeanOfAKind(shape) && (shape.meanBytes < MIN_MEAN || shape.meanBytes > LARGEST_MEAN),
        "flows of %.0f B on average, training has %.0f to %.0f",
        shape.meanBytes,
        MIN_MEAN,
        LARGEST_MEAN);
    add(shape.effectiveFlows < FEWEST_EFFECTIVE,
        "nearly all bytes are those of %.2g flows, beside many small ones",
        shape.effectiveFlows);
    add(shape.receiverShare > LARGEST_SHARE, "%.0f %% of the flows go to one host", percent(shape.receiverShare));
    add(shape.senderShare > LARGEST_SHARE, "%.0f %% of the flows come from one host", percent(shape.senderShare));
    add(shape.offeredLoad > LARGEST_LOAD,
        "a host has %.3g times as much to send as its link carries until the last flow starts",
        shape.offeredLoad);
    add(shape.synchronisedStarts > SYNCHRONISED,
        "synchronised starts, %.0f %% more short gaps between them than chance makes",
        percent(shape.synchronisedStarts));
    add(shape.burstShare > IN_BURSTS || shape.likelyBurstShare > LIKELY_IN_BURSTS,
        "incast: %.3g %% of the flows start within one RTT of others at the same host, up to %u together",
        percent(std::max(shape.burstShare, shape.likelyBurstShare)),
        shape.largestBurst);
    return lines;
}

} // namespace ns3::m3
