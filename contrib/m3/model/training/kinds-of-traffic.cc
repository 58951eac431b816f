// SPDX-License-Identifier: GPL-2.0-only
#include "scenario-kinds.h"

#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-link-timing.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

namespace ns3::m3
{

namespace
{

Sizes UsualSizes(RandomStream& random)
{
    constexpr double MIN_MEAN = 1000;
    return DrawSizes(random, MIN_MEAN);
}

/// Time that a host takes to send some payload.
double SendNs(const TrafficDraw& draw, double bytes)
{
    const uint64_t wire = WireBytes(static_cast<uint64_t>(bytes), draw.config.Format());
    return static_cast<double>(wire) * 8e9 / static_cast<double>(draw.fabric.HostRate());
}

double BaseRttNs(const TrafficDraw& draw)
{
    return static_cast<double>(MaxBaseRttNs(draw.fabric, draw.routes, draw.config.Format(), draw.config.AckBytes()));
}

/// Draws bytes of a flow, whole and at least 1.
double DrawBytes(RandomStream& random, double low, double high)
{
    return std::round(random.LogUniform(low, high));
}

/// Some hosts in random order, none twice. \param but a host that is not among them
std::vector<NodeId> DrawHostsBut(TrafficDraw& draw, std::size_t count, NodeId but)
{
    std::vector<NodeId> hosts = draw.fabric.Hosts();
    hosts.erase(std::find(hosts.begin(), hosts.end(), but));
    count = std::min(count, hosts.size());
    for (std::size_t i = 0; i < count; i++)
    {
        std::swap(hosts[i], hosts[draw.random.Integer(i, hosts.size() - 1)]);
    }
    hosts.resize(count);
    return hosts;
}

NodeId DrawHost(TrafficDraw& draw)
{
    return draw.fabric.Hosts()[draw.random.Integer(0, draw.fabric.Hosts().size() - 1)];
}

void SortFlows(FlowList& flows)
{
    std::stable_sort(flows.begin(), flows.end(), [](const Flow& a, const Flow& b) { return a.startNs < b.startNs; });
}

/// Draws open-loop flows for a share of the packet transmissions. \return time until the last starts, ns
double DrawBackground(TrafficDraw& draw, double share)
{
    constexpr double MIN_LOAD = 0.05;
    constexpr double MAX_LOAD = 0.6;
    const double all = draw.packetHops;
    draw.packetHops = all * share;
    DrawOpenLoop(draw, {UsualSizes, MIN_LOAD, MAX_LOAD});
    draw.packetHops = all;
    return static_cast<double>(draw.flows.back().startNs);
}

/// Many hosts that send to one at once.
struct Burst
{
    uint32_t degree;
    double bytes;
    double jitterNs; //!< starts lie within that time

    explicit Burst(TrafficDraw& draw)
        : degree(static_cast<uint32_t>(
              draw.random.LogUniform(2, std::min<double>(256, static_cast<double>(draw.fabric.Hosts().size()))))),
          bytes(DrawBytes(draw.random, 200, 200'000)),
          jitterNs(draw.random.Uniform() < 0.7 ? 0 : BaseRttNs(draw) * draw.random.Uniform())
    {
    }

    void Add(TrafficDraw& draw, NodeId receiver, double startNs) const
    {
        for (const NodeId sender : DrawHostsBut(draw, degree, receiver))
        {
            const double start = startNs + jitterNs * (jitterNs > 0 ? draw.random.Uniform() : 0);
            draw.flows.push_back({sender, receiver, static_cast<uint64_t>(bytes), std::llround(start)});
        }
    }
};

/// Number of rounds that are affordable. \param bytes of each flow of a round
uint64_t Rounds(const TrafficDraw& draw, double share, double bytes, double flows, double most)
{
    constexpr double MAX_FLOWS = 100'000;
    return static_cast<uint64_t>(std::clamp(std::min(share * draw.Affordable(bytes), MAX_FLOWS) / flows, 1.0, most));
}

} // namespace

void DrawIncast(TrafficDraw& draw)
{
    constexpr double MAX_ROUNDS = 1000;
    constexpr double MAX_LOAD = 0.25; // of the hosts, by bursts alone
    const double share = draw.random.Uniform(0.2, 0.7);
    const double span = DrawBackground(draw, 1 - share);
    const Burst burst(draw);
    const double perBurst = SendNs(draw, burst.bytes) * burst.degree;
    const double fits = MAX_LOAD * span * static_cast<double>(draw.fabric.Hosts().size()) / perBurst;
    const uint64_t rounds = Rounds(draw, share, burst.bytes, burst.degree, std::clamp(fits, 1.0, MAX_ROUNDS));
    for (uint64_t i = 0; i < rounds; i++)
    {
        burst.Add(draw, DrawHost(draw), draw.random.Uniform(0, span));
    }
    SortFlows(draw.flows);
    draw.text += FormatText(", %llu incasts of %u with %.0f B",
                            static_cast<unsigned long long>(rounds),
                            burst.degree,
                            burst.bytes);
}

void DrawIncastAlone(TrafficDraw& draw)
{
    constexpr double MAX_ROUNDS = 500;
    const Burst burst(draw);
    const double load = draw.random.Uniform(0.1, 0.9);
    const double periodNs = SendNs(draw, burst.bytes) * burst.degree / load;
    const uint64_t rounds = draw.random.Uniform() < 0.2 ? 1 : Rounds(draw, 1, burst.bytes, burst.degree, MAX_ROUNDS);
    const bool sameReceiver = draw.random.Uniform() < 0.5;
    NodeId receiver = DrawHost(draw);
    for (uint64_t i = 0; i < rounds; i++)
    {
        burst.Add(draw, receiver, static_cast<double>(i) * periodNs);
        receiver = sameReceiver ? receiver : DrawHost(draw);
    }
    SortFlows(draw.flows);
    draw.meanSize = burst.bytes;
    draw.text = FormatText("%llu incasts of %u with %.0f B, load %.2f, alone",
                           static_cast<unsigned long long>(rounds),
                           burst.degree,
                           burst.bytes,
                           load);
}

void DrawRackBursts(TrafficDraw& draw)
{
    constexpr double MAX_ROUNDS = 200;
    const double share = draw.random.Uniform(0.2, 0.6);
    const double span = DrawBackground(draw, 1 - share);
    std::map<NodeId, std::vector<NodeId>> racks;
    for (const NodeId host : draw.fabric.Hosts())
    {
        racks[draw.fabric.TopOfRack(host)].push_back(host);
    }
    const double bytes = DrawBytes(draw.random, 500, 100'000);
    const uint64_t rounds = Rounds(draw, share, bytes, static_cast<double>(draw.fabric.Hosts().size()), MAX_ROUNDS);
    for (uint64_t i = 0; i < rounds; i++)
    {
        const auto target =
            std::next(racks.begin(), static_cast<std::ptrdiff_t>(draw.random.Integer(0, racks.size() - 1)));
        const double start = span * static_cast<double>(i + 1) / static_cast<double>(rounds + 1);
        for (const auto& [tor, hosts] : racks)
        {
            for (const NodeId host : hosts)
            {
                const NodeId to = target->second[draw.random.Integer(0, target->second.size() - 1)];
                if (tor != target->first)
                {
                    draw.flows.push_back({host, to, static_cast<uint64_t>(bytes), std::llround(start)});
                }
            }
        }
    }
    SortFlows(draw.flows);
    draw.text += FormatText(", %llu bursts to a rack, %.0f B a host", static_cast<unsigned long long>(rounds), bytes);
}

void DrawPermutations(TrafficDraw& draw)
{
    constexpr double MAX_ROUNDS = 100;
    const std::vector<NodeId> from = draw.fabric.Hosts();
    const auto hosts = static_cast<double>(from.size());
    const double bytes = DrawBytes(draw.random, 1000, 3e6);
    const double load = draw.random.Uniform(0.2, 0.95);
    const uint64_t rounds = Rounds(draw, 1, bytes, hosts, MAX_ROUNDS);
    const bool neighbours = draw.random.Uniform() < 0.3; // as the steps of a ring
    for (uint64_t round = 0; round < rounds; round++)
    {
        std::vector<NodeId> to = from;
        for (std::size_t i = 0; !neighbours && i + 1 < to.size(); i++)
        {
            // one cycle (Sattolo): nobody sends to itself
            std::swap(to[i], to[draw.random.Integer(i + 1, to.size() - 1)]);
        }
        if (neighbours)
        {
            std::rotate(to.begin(), to.begin() + 1, to.end());
        }
        const double start = static_cast<double>(round) * SendNs(draw, bytes) / load;
        for (std::size_t i = 0; i < from.size(); i++)
        {
            draw.flows.push_back({from[i], to[i], static_cast<uint64_t>(bytes), std::llround(start)});
        }
    }
    draw.meanSize = bytes;
    draw.text = FormatText("%llu permutations of %.0f B%s, load %.2f",
                           static_cast<unsigned long long>(rounds),
                           bytes,
                           neighbours ? " to the next" : "",
                           load);
}

void DrawAllToAll(TrafficDraw& draw)
{
    constexpr double MAX_GROUP = 64;
    constexpr double MAX_ROUNDS = 50;
    const std::size_t hosts = draw.fabric.Hosts().size();
    const auto group =
        static_cast<std::size_t>(draw.random.LogUniform(3, std::min(MAX_GROUP, static_cast<double>(hosts)) + 0.9));
    const double bytes = DrawBytes(draw.random, 500, 100'000);
    const double load = draw.random.Uniform(0.2, 0.9);
    const auto all = static_cast<double>(group * (group - 1));
    const uint64_t rounds = Rounds(draw, 1, bytes, all, MAX_ROUNDS);
    const NodeId first = DrawHost(draw);
    std::vector<NodeId> members = DrawHostsBut(draw, group - 1, first);
    members.push_back(first);
    for (uint64_t round = 0; round < rounds; round++)
    {
        const double start =
            static_cast<double>(round) * SendNs(draw, bytes) * static_cast<double>(members.size() - 1) / load;
        for (const NodeId from : members)
        {
            for (const NodeId to : members)
            {
                if (from != to)
                {
                    draw.flows.push_back({from, to, static_cast<uint64_t>(bytes), std::llround(start)});
                }
            }
        }
    }
    draw.meanSize = bytes;
    draw.text = FormatText("%llu times all to all of %zu, %.0f B, load %.2f",
                           static_cast<unsigned long long>(rounds),
                           members.size(),
                           bytes,
                           load);
}

void DrawFewFlows(TrafficDraw& draw)
{
    const Sizes sizes = UsualSizes(draw.random);
    const auto count = static_cast<uint64_t>(draw.random.LogUniform(1, 100.9));
    const bool atOnce = draw.random.Uniform() < 0.3;
    const double spacing = atOnce ? 0 : SendNs(draw, sizes.distribution->Mean()) / draw.random.LogUniform(0.05, 3);
    const NodeId popular = DrawHost(draw);
    double start = 0;
    for (uint64_t i = 0; i < count; i++)
    {
        const NodeId to = draw.random.Uniform() < 0.4 ? popular : DrawHost(draw);
        const NodeId from = DrawHostsBut(draw, 1, to).front();
        draw.flows.push_back(
            {from, to, std::max<uint64_t>(1, sizes.distribution->Sample(draw.random)), std::llround(start)});
        start += spacing * draw.random.Exponential();
    }
    draw.meanSize = sizes.distribution->Mean();
    draw.text = FormatText("%s, few flows%s", sizes.text.c_str(), atOnce ? " at once" : "");
}

void DrawMice(TrafficDraw& draw)
{
    constexpr double MIN_LOAD = 0.05;
    constexpr double MAX_LOAD = 0.8;
    const auto sizes = [](RandomStream& random)
    {
        const double mean = DrawBytes(random, 30, 1000);
        return Sizes(FormatText("%s:%.0f", random.Uniform() < 0.5 ? "constant" : "exponential", mean));
    };
    DrawOpenLoop(draw, {sizes, MIN_LOAD, MAX_LOAD});
}

void DrawElephantsAndMice(TrafficDraw& draw)
{
    constexpr double MIN_LOAD = 0.1;
    constexpr double MAX_LOAD = 0.8;
    const auto sizes = [](RandomStream& random)
    {
        const double mouse = DrawBytes(random, 60, 3000);
        const double elephant = DrawBytes(random, 3e5, 2e7);
        const double percent = 100 * random.LogUniform(1e-3, 0.03);
        return Sizes(std::vector<CdfPoint>{{mouse - 1, 0},
                                           {mouse, 100 - percent},
                                           {elephant - 1, 100 - percent},
                                           {elephant, 100}});
    };
    DrawOpenLoop(draw, {sizes, MIN_LOAD, MAX_LOAD});
}

void DrawOnOff(TrafficDraw& draw)
{
    constexpr double MIN_LOAD = 0.1;
    constexpr double MAX_LOAD = 0.7;
    DrawOpenLoop(draw, {UsualSizes, MIN_LOAD, MAX_LOAD});
    const double onNs = BaseRttNs(draw) * draw.random.LogUniform(20, 2000);
    const double share = draw.random.Uniform(0.1, 0.6);
    const bool together = draw.random.Uniform() < 0.5; // all hosts at the same times
    std::vector<double> phase(draw.fabric.NodeCount(), 0);
    for (double& of : phase)
    {
        of = together ? 0 : onNs / share * draw.random.Uniform();
    }
    for (Flow& flow : draw.flows)
    {
        const auto start = static_cast<double>(flow.startNs);
        const double rounds = std::floor(start / onNs);
        flow.startNs = std::llround(rounds * onNs / share + (start - rounds * onNs) + phase[flow.src]);
    }
    SortFlows(draw.flows);
    draw.text += FormatText(", on for %.0f us, %.0f %% of the time", onNs / 1000, 100 * share);
}

void DrawGrowing(TrafficDraw& draw)
{
    constexpr double MIN_LOAD = 0.1;
    constexpr double MAX_LOAD = 0.6;
    DrawOpenLoop(draw, {UsualSizes, MIN_LOAD, MAX_LOAD});
    const double power = draw.random.Uniform(0.5, 0.9);
    const auto last = std::max(1.0, static_cast<double>(draw.flows.back().startNs));
    for (Flow& flow : draw.flows)
    {
        flow.startNs = std::llround(last * std::pow(static_cast<double>(flow.startNs) / last, power));
    }
    draw.text += FormatText(", growing by time to the %.2f", 1 / power);
}

void DrawHeavyLoad(TrafficDraw& draw)
{
    constexpr double MIN_LOAD = 0.45;
    constexpr double MAX_LOAD = 0.85;
    DrawOpenLoop(draw, {UsualSizes, MIN_LOAD, MAX_LOAD});
}

} // namespace ns3::m3
