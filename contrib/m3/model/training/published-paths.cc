// SPDX-License-Identifier: GPL-2.0-only
#include "published-paths.h"

#include "space-parts.h"

#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-timely.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr uint32_t RACK_HOSTS = 8;        // of a rack, those of the path included
constexpr uint32_t UPLINKS = 2;           // of a rack's switch, that of the path included
constexpr uint32_t RACKS_OF_A_SWITCH = 4; // of hosts behind a switch between the ends
constexpr uint64_t MIN_SIZE_BYTES = 50;
constexpr double MIN_MEAN_BYTES = 1000;
constexpr double MAX_MEAN_BYTES = 1e6;
constexpr uint64_t UNLIMITED_BYTES = 1'000'000'000'000;

/// A path in a row, with hosts at its switches.
struct ParkingLot
{
    /// Hosts at a position of the path.
    struct Position
    {
        std::vector<NodeId> inRack; //!< at the switch itself
        std::vector<NodeId> beyond; //!< behind links of 40 Gb/s
    };

    FabricGraph fabric;
    Route path;
    std::vector<NodeId> nodes;       //!< of the path, by position
    std::vector<Position> positions; //!< by position
};

/// Adds a rack of hosts behind a switch of the path. \param delayNs from a host to the switch of the path
void AddRack(int64_t delayNs, uint32_t position, ParkingLot& lot)
{
    const NodeId access = lot.fabric.AddNode(NodeKind::SWITCH);
    lot.fabric.AddLink(access, lot.nodes[position], PUBLISHED_LINKS.fabricBps, PUBLISHED_LINKS.delayNs);
    for (uint32_t i = 0; i < RACK_HOSTS; i++)
    {
        const NodeId host = lot.fabric.AddNode(NodeKind::HOST);
        lot.fabric.AddLink(host, access, PUBLISHED_LINKS.hostBps, delayNs - PUBLISHED_LINKS.delayNs);
        lot.positions[position].beyond.push_back(host);
    }
}

/// \param links of the path: 2, 4 or 6
ParkingLot MakeParkingLot(uint32_t links)
{
    constexpr int64_t OTHER_RACK_LINKS = 3; // from the switch of a rack to a host of another rack
    ParkingLot lot;
    lot.positions.resize(links + 1);
    for (uint32_t position = 0; position <= links; position++)
    {
        const bool isEnd = position == 0 || position == links;
        lot.nodes.push_back(lot.fabric.AddNode(isEnd ? NodeKind::HOST : NodeKind::SWITCH));
    }
    for (uint32_t link = 0; link < links; link++)
    {
        const bool isEnd = link == 0 || link == links - 1;
        lot.path.push_back(lot.fabric.AddLink(lot.nodes[link],
                                              lot.nodes[link + 1],
                                              isEnd ? PUBLISHED_LINKS.hostBps : PUBLISHED_LINKS.fabricBps,
                                              PUBLISHED_LINKS.delayNs));
    }
    lot.positions.front().inRack = {lot.nodes.front()};
    lot.positions.back().inRack = {lot.nodes.back()};
    for (uint32_t position = 1; position < links; position++)
    {
        const bool ofRack = position == 1 || position == links - 1;
        const uint32_t ofPath = links == 2 ? 2 : 1;
        for (uint32_t i = ofPath; i < RACK_HOSTS && ofRack; i++)
        {
            const NodeId host = lot.fabric.AddNode(NodeKind::HOST);
            lot.fabric.AddLink(host, lot.nodes[position], PUBLISHED_LINKS.hostBps, PUBLISHED_LINKS.delayNs);
            lot.positions[position].inRack.push_back(host);
        }
        const uint32_t racks = !ofRack ? RACKS_OF_A_SWITCH : links == 2 ? UPLINKS : UPLINKS - 1;
        const int64_t away = ofRack ? OTHER_RACK_LINKS : std::min(position, links - position);
        for (uint32_t i = 0; i < racks; i++)
        {
            AddRack(away * PUBLISHED_LINKS.delayNs, position, lot);
        }
    }
    return lot;
}

/// Hosts that background flows of a pair of positions begin at: those beyond the switch of a rack only go down.
std::vector<NodeId> SourcesOf(const ParkingLot& lot, uint32_t enters)
{
    std::vector<NodeId> hosts = lot.positions[enters].inRack;
    if (hosts.empty() || enters + 2 == lot.positions.size())
    {
        const std::vector<NodeId>& beyond = lot.positions[enters].beyond;
        hosts.insert(hosts.end(), beyond.begin(), beyond.end());
    }
    return hosts;
}

/// The same of those that they end at: flows to hosts beyond the switch of a rack only come from below.
std::vector<NodeId> SinksOf(const ParkingLot& lot, uint32_t leaves)
{
    std::vector<NodeId> hosts = lot.positions[leaves].inRack;
    if (hosts.empty() || leaves == 1)
    {
        const std::vector<NodeId>& beyond = lot.positions[leaves].beyond;
        hosts.insert(hosts.end(), beyond.begin(), beyond.end());
    }
    return hosts;
}

/// Draws the parameters of a control. A threshold of DCQCN is given at 25 Gb/s.
void DrawControlOfPath(RandomStream& random, RdmaConfig& config)
{
    constexpr double DCQCN_SHARE = 0.4;
    const auto kilobytes = [&random](double low, double high)
    { return static_cast<uint64_t>(random.Uniform(low, high) * 1000); };
    config.congestionControl = Choose<CongestionControlType>(random,
                                                             {CongestionControlType::DCTCP,
                                                              CongestionControlType::DCQCN,
                                                              CongestionControlType::HPCC,
                                                              CongestionControlType::TIMELY});
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        config.Of<DctcpConfig>().kBytes = kilobytes(5, 20);
        break;
    case CongestionControlType::DCQCN:
        config.Of<DcqcnConfig>().kminBytes = kilobytes(20 * DCQCN_SHARE, 50 * DCQCN_SHARE);
        config.Of<DcqcnConfig>().kmaxBytes = kilobytes(50 * DCQCN_SHARE, 100 * DCQCN_SHARE);
        break;
    case CongestionControlType::HPCC:
        config.Of<HpccConfig>().eta = random.Uniform(0.7, 0.95);
        config.Of<HpccConfig>().aiBps = static_cast<uint64_t>(random.Uniform(500, 1000) * 1e6);
        break;
    default:
        config.Of<TimelyConfig>().tLowNs = std::llround(random.Uniform(40'000, 60'000));
        config.Of<TimelyConfig>().tHighNs = std::llround(random.Uniform(100'000, 150'000));
    }
}

/// Base RTT of the longest path of the published fabric, which its hosts share whatever path their flows take.
int64_t PublishedBaseRttNs(const RdmaConfig& config)
{
    constexpr uint32_t LONGEST = 6;
    FabricGraph row;
    std::vector<NodeId> nodes;
    for (uint32_t i = 0; i <= LONGEST; i++)
    {
        nodes.push_back(row.AddNode(i == 0 || i == LONGEST ? NodeKind::HOST : NodeKind::SWITCH));
    }
    for (uint32_t i = 0; i < LONGEST; i++)
    {
        const bool isEnd = i == 0 || i == LONGEST - 1;
        row.AddLink(nodes[i],
                    nodes[i + 1],
                    isEnd ? PUBLISHED_LINKS.hostBps : PUBLISHED_LINKS.fabricBps,
                    PUBLISHED_LINKS.delayNs);
    }
    const RouteTable routes(row, config.mode);
    return *config.Resolve(row, routes).baseRttNs;
}

/// Draws a configuration that does not depend on the network.
RdmaConfig DrawRanges(RandomStream& random)
{
    RdmaConfig config;
    config.mode = EngineMode::HPCC;
    DrawControlOfPath(random, config);
    config.windowBytes = static_cast<uint64_t>(random.Uniform(5000, 30'000));
    config.bufferBytes = static_cast<uint64_t>(random.Uniform(20, 50) * 10'240);
    config.pfc = random.Uniform() < 0.5 || config.congestionControl == CongestionControlType::DCQCN;
    return config;
}

RdmaConfig DrawConfigOfPath(RandomStream& random, const ParkingLot& lot)
{
    RdmaConfig config = DrawRanges(random);
    config.baseRttNs = PublishedBaseRttNs(config);
    config.nodeSharedPoolBytes.assign(lot.fabric.NodeCount(), UNLIMITED_BYTES);
    if (config.pfc)
    {
        for (const std::size_t position : {std::size_t{1}, lot.nodes.size() - 2})
        {
            config.nodeSharedPoolBytes[lot.nodes[position]] = 0; // by bufferBytes
        }
    }
    return config;
}

Sizes DrawSizesOfPath(RandomStream& random, double maxMean)
{
    const double mean = random.LogUniform(MIN_MEAN_BYTES, maxMean);
    const auto with = [mean](const char* name, double second)
    { return Sizes(FormatText("%s:%.0f,%.2f", name, mean, second)); };
    switch (random.Integer(0, 3))
    {
    case 0:
        return Sizes(FormatText("exponential:%.0f", mean));
    case 1:
        return with("gaussian", mean * random.Uniform(0.1, 0.5));
    case 2:
        return with("lognormal", random.Uniform(1, 2.5));
    default:
        return with("pareto", random.Uniform(1.1, 2));
    }
}

/// A pair of positions with its share of the flows.
struct WeightedPair
{
    uint32_t enters;
    uint32_t leaves;
    double share;
};

/// Draws pairs with flows, that of the whole path first. \return shares sum to 1
std::vector<WeightedPair> DrawPairs(RandomStream& random, uint32_t links)
{
    std::vector<WeightedPair> pairs{{0, links, 1}};
    for (uint32_t enters = 0; enters < links; enters++)
    {
        for (uint32_t leaves = enters + 1; leaves <= links; leaves++)
        {
            if (enters > 0 || leaves < links)
            {
                pairs.push_back({enters, leaves, 1});
            }
        }
    }
    const std::size_t count = random.Integer(2, pairs.size());
    for (std::size_t i = 1; i < count; i++)
    {
        std::swap(pairs[i], pairs[random.Integer(i, pairs.size() - 1)]);
    }
    pairs.resize(count);
    const bool isEven = random.Uniform() < 0.5;
    double sum = 0;
    for (WeightedPair& pair : pairs)
    {
        pair.share = isEven ? 1 : random.LogUniform(0.3, 3);
        sum += pair.share;
    }
    for (WeightedPair& pair : pairs)
    {
        pair.share /= sum;
    }
    return pairs;
}

/// Index of the pair of each flow in random order: 0 of as many flows as asked for, the others by their shares.
std::vector<uint32_t> DrawOrder(RandomStream& random, const std::vector<WeightedPair>& pairs, std::size_t foreground)
{
    const auto all = static_cast<std::size_t>(static_cast<double>(foreground) / pairs.front().share + 0.5);
    std::vector<uint32_t> order(std::max(all, foreground + 1), 0);
    for (std::size_t flow = foreground; flow < order.size(); flow++)
    {
        double left = random.Uniform() * (1 - pairs.front().share);
        uint32_t pair = 1;
        for (; pair + 1 < pairs.size() && left >= pairs[pair].share; pair++)
        {
            left -= pairs[pair].share;
        }
        order[flow] = pair;
    }
    for (std::size_t flow = 0; flow + 1 < order.size(); flow++)
    {
        std::swap(order[flow], order[random.Integer(flow, order.size() - 1)]);
    }
    return order;
}

/// Draws the starts of flows, with lognormal gaps. \param durationNs start of the last flow
void DrawStarts(RandomStream& random, double sigma, double durationNs, FlowList& flows)
{
    std::vector<double> starts;
    double time = 0;
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        time += std::exp(sigma * random.Normal());
        starts.push_back(time);
    }
    for (std::size_t i = 0; i < flows.size(); i++)
    {
        flows[i].startNs = std::llround(starts[i] / time * durationNs);
    }
}

} // namespace

void PublishedPathRanges::Check() const
{
    if (minForeground < 1 || minForeground > maxForeground)
    {
        throw InputError("foreground flows: the minimum must be at least 1 and at most the maximum, they are " +
                         std::to_string(minForeground) + " and " + std::to_string(maxForeground));
    }
    if (!(maxMean >= MIN_MEAN_BYTES && maxMean <= MAX_MEAN_BYTES))
    {
        throw InputError("the maximum mean size must be 1 KB to 1 MB, is " + FormatText("%g B", maxMean));
    }
}

PublishedPath DrawPublishedPath(uint64_t seed, uint64_t index, double packetHops, const PublishedPathRanges& ranges)
{
    ranges.Check();
    constexpr uint64_t FAR = 0xd1b54a32d192ed03; // from the streams of other spaces
    RandomStream random(seed * 1'000'003 + index + FAR);
    const uint32_t links = Choose<uint32_t>(random, {2, 4, 6});
    ParkingLot lot = MakeParkingLot(links);
    PublishedPath drawn;
    TrainingScenario& scenario = drawn.scenario;
    scenario.config = DrawConfigOfPath(random, lot);
    const Sizes sizes = DrawSizesOfPath(random, ranges.maxMean);
    scenario.meanSize = sizes.distribution->Mean();
    const std::vector<WeightedPair> pairs = DrawPairs(random, links);
    drawn.load = random.Uniform(0.2, 0.8);
    drawn.sigma = random.Uniform(1, 2);

    double hopsPerFlow = 0;
    for (const WeightedPair& pair : pairs)
    {
        constexpr double ACCESS_HOPS = 1.5; // of a host at a switch
        const double access = (pair.enters > 0 ? ACCESS_HOPS : 0) + (pair.leaves < links ? ACCESS_HOPS : 0);
        hopsPerFlow += pair.share * (pair.leaves - pair.enters + access);
    }
    hopsPerFlow *= scenario.meanSize / MTU_PAYLOAD_BYTES + 1;
    const double affordable = packetHops / hopsPerFlow * pairs.front().share;
    const double wanted = std::clamp<double>(random.LogUniform(ranges.minForeground, ranges.maxForeground),
                                             ranges.minForeground,
                                             ranges.maxForeground); // whatever it is rounded to
    const auto order = DrawOrder(random, pairs, static_cast<std::size_t>(std::max(1.0, std::min(wanted, affordable))));

    std::vector<std::vector<NodeId>> sources;
    std::vector<std::vector<NodeId>> sinks;
    for (const WeightedPair& pair : pairs)
    {
        sources.push_back(SourcesOf(lot, pair.enters));
        sinks.push_back(SinksOf(lot, pair.leaves));
    }
    std::vector<double> loadedNs(links, 0); // time that its flows take on a link
    for (const uint32_t place : order)
    {
        const WeightedPair& pair = pairs[place];
        drawn.enters.push_back(pair.enters);
        drawn.leaves.push_back(pair.leaves);
        Flow flow{};
        flow.src = Choose(random, sources[place]);
        flow.dst = Choose(random, sinks[place]);
        flow.sizeBytes = std::max(MIN_SIZE_BYTES, sizes.distribution->Sample(random));
        scenario.flows.push_back(flow);
        const auto bits = 8 * static_cast<double>(WireBytes(flow.sizeBytes, scenario.config.Format()));
        for (uint32_t link = pair.enters; link < pair.leaves; link++)
        {
            loadedNs[link] += bits / static_cast<double>(lot.fabric.Link(lot.path[link]).bitsPerSecond) * 1e9;
        }
    }
    DrawStarts(random, drawn.sigma, *std::max_element(loadedNs.begin(), loadedNs.end()) / drawn.load, scenario.flows);
    scenario.description =
        FormatText("parking lot of %u links, %zu of %u pairs, ", links, pairs.size(), links * (links + 1) / 2) +
        sizes.text + FormatText(", load %.2f, sigma %.2f, ", drawn.load, drawn.sigma) +
        CongestionControlName(scenario.config.congestionControl) + (scenario.config.pfc ? "" : " without PFC");
    scenario.fabric = std::move(lot.fabric);
    drawn.path = std::move(lot.path);
    return drawn;
}

TrainingScenario DrawPublishedNetwork(uint64_t seed, uint64_t index, double packetHops)
{
    constexpr double MIN_MEAN_OF_NETWORK = 30'000;
    constexpr uint64_t FAR = 0x2545f4914f6cdd1d; // from the streams of other spaces
    RandomStream random(seed * 1'000'003 + index + FAR);
    ThreeTierShape shape;
    shape.racksPerPod = Between(random, 2, 4);
    shape.hostsPerRack = Between(random, 2, 8);
    shape.planes = shape.hostsPerRack > 4 ? Between(random, 1, 2) : 1; // hosts use their uplinks half to twice over
    shape.spinesPerPlane = Between(random, 1, shape.racksPerPod);
    TrainingScenario scenario;
    scenario.fabric = MakeThreeTier(shape);
    scenario.config = DrawRanges(random);
    scenario.config.seed = index + 1;
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    TrafficDraw draw{random, scenario.fabric, routes, scenario.config, packetHops, 0, {}, {}};
    DrawOpenLoop(draw, {[](RandomStream& stream) { return DrawSizes(stream, MIN_MEAN_OF_NETWORK); }, 0.2, 0.8});
    scenario.meanSize = draw.meanSize;
    scenario.flows = std::move(draw.flows);
    scenario.description = FormatText("three-tier 2x%ux%u, %u planes of %u spines, ",
                                      shape.racksPerPod,
                                      shape.hostsPerRack,
                                      shape.planes,
                                      shape.spinesPerPlane) +
                           draw.text + ", " + CongestionControlName(scenario.config.congestionControl) +
                           (scenario.config.pfc ? "" : " without PFC") +
                           FormatText(", %zu flows", scenario.flows.size());
    return scenario;
}

} // namespace ns3::m3
