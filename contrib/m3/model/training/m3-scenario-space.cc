// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-scenario-space.h"

#include "core/random-stream.h"
#include "core/text-format.h"
#include "fabric/ideal-fct.h"
#include "ns3/m3-dcqcn.h"
#include "ns3/m3-dctcp.h"
#include "ns3/m3-fabric-shapes.h"
#include "ns3/m3-hpcc.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-timely.h"
#include "workload/flow-generator.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <memory>
#include <set>
#include <vector>

namespace ns3::m3
{

namespace
{

constexpr double GBPS = 1e9;

template <typename T>
T Choose(RandomStream& random, const std::vector<T>& values)
{
    return values[random.Integer(0, values.size() - 1)];
}

uint32_t Between(RandomStream& random, uint32_t low, uint32_t high)
{
    return static_cast<uint32_t>(random.Integer(low, high));
}

/// Rates and delay of the links of a fabric, for both shapes.
struct LinkShape
{
    uint64_t hostBps;
    uint64_t fabricBps;
    int64_t delayNs;
};

LinkShape DrawLinkShape(RandomStream& random)
{
    constexpr uint64_t FASTEST = 800'000'000'000U;
    const uint64_t host = Choose<uint64_t>(random, {10, 10, 10, 10, 25, 40, 100, 200, 400}) * 1'000'000'000U;
    const uint64_t factor = Choose<uint64_t>(random, {1, 2, 4, 4, 4});
    const int64_t delay = random.Uniform() < 0.6 ? 1000 : std::llround(random.LogUniform(200, 5000));
    return {host, std::min(host * factor, FASTEST), delay};
}

/// The same fabric with a delay of its own for each link.
FabricGraph WithUnequalDelays(RandomStream& random, const FabricGraph& even)
{
    constexpr double MAX_FACTOR = 4; // longer or shorter
    FabricGraph fabric;
    for (NodeId node = 0; node < even.NodeCount(); node++)
    {
        fabric.AddNode(even.Kind(node));
    }
    for (LinkId id = 0; id < even.LinkCount(); id += 2) // the two directions of a link follow each other
    {
        const FabricLink& link = even.Link(id);
        const double delay = static_cast<double>(link.delayNs) * random.LogUniform(1 / MAX_FACTOR, MAX_FACTOR);
        fabric.AddLink(link.from,
                       link.to,
                       link.bitsPerSecond,
                       std::llround(delay),
                       link.errorRate,
                       even.Link(ReverseLink(id)).bitsPerSecond);
    }
    return fabric;
}

FabricGraph DrawFabric(RandomStream& random, const LinkShape& links, const HostRange& range, std::string& description)
{
    // most networks are small: there a given number of packets lasts longer, and large flows meet each other for longer
    const double maxHosts = random.LogUniform(2.0 * range.min, range.max);
    const auto fits = [&](uint32_t hosts) { return hosts >= range.min && hosts <= maxHosts; };
    const auto setLinks = [&links](auto& shape)
    {
        shape.hostBps = links.hostBps;
        shape.fabricBps = links.fabricBps;
        shape.delayNs = links.delayNs;
    };
    while (true)
    {
        if (random.Uniform() < 0.6)
        {
            ThreeTierShape shape;
            shape.pods = Between(random, 2, 4);
            shape.racksPerPod = Between(random, 2, 8);
            shape.hostsPerRack = Between(random, 2, 16);
            shape.planes = Between(random, 1, 4);
            shape.spinesPerPlane = Between(random, 1, 6);
            setLinks(shape);
            const uint32_t hosts = shape.pods * shape.racksPerPod * shape.hostsPerRack;
            if (!fits(hosts))
            {
                continue;
            }
            description = FormatText("three-tier %ux%ux%u, %u planes of %u spines",
                                     shape.pods,
                                     shape.racksPerPod,
                                     shape.hostsPerRack,
                                     shape.planes,
                                     shape.spinesPerPlane);
            return MakeThreeTier(shape);
        }
        LeafSpineShape shape;
        shape.racks = Between(random, 2, 12);
        shape.hostsPerRack = Between(random, 2, 16);
        shape.spines = Between(random, 1, 8);
        setLinks(shape);
        const uint32_t hosts = shape.racks * shape.hostsPerRack;
        if (!fits(hosts))
        {
            continue;
        }
        description = FormatText("leaf-spine %ux%u, %u spines", shape.racks, shape.hostsPerRack, shape.spines);
        return MakeLeafSpine(shape);
    }
}

TrafficMatrix DrawMatrix(RandomStream& random, const FabricGraph& fabric)
{
    std::set<NodeId> tors;
    for (NodeId host : fabric.Hosts())
    {
        tors.insert(fabric.TopOfRack(host));
    }
    const std::size_t racks = tors.size();
    const double kind = random.Uniform();
    if (kind < 0.35)
    {
        return TrafficMatrix::Uniform(fabric);
    }
    std::vector<std::vector<double>> weights(racks, std::vector<double>(racks, 1));
    if (kind < 0.85)
    {
        // skewed: lognormal weights of racks and of pairs, and of staying within the rack
        const double rackSigma = random.Uniform(0, 1);
        const double pairSigma = random.Uniform(0, 2);
        const double local = random.LogUniform(0.1, 1000);
        std::vector<double> out(racks);
        std::vector<double> in(racks);
        for (std::size_t rack = 0; rack < racks; rack++)
        {
            out[rack] = std::exp(rackSigma * random.Normal());
            in[rack] = std::exp(rackSigma * random.Normal());
        }
        for (std::size_t from = 0; from < racks; from++)
        {
            for (std::size_t to = 0; to < racks; to++)
            {
                weights[from][to] =
                    out[from] * in[to] * std::exp(pairSigma * random.Normal()) * (from == to ? local : 1);
            }
        }
    }
    else
    {
        // incast-like: one rack receives most
        const std::size_t hot = random.Integer(0, racks - 1);
        const double factor = random.LogUniform(3, 30);
        for (std::size_t from = 0; from < racks; from++)
        {
            weights[from][hot] *= factor;
        }
    }
    return TrafficMatrix(fabric, weights);
}

/// Sizes of flows, and what to call them.
struct Sizes
{
    std::string text;
    std::unique_ptr<SizeDistribution> distribution;

    explicit Sizes(const std::string& name)
        : text(name),
          distribution(ParseSizeDistribution(name))
    {
    }

    explicit Sizes(const std::vector<CdfPoint>& points)
        : distribution(MakeTableDistribution(points))
    {
        text = FormatText("table:%.0f,%zu", distribution->Mean(), points.size());
    }
};

/// Any mixture of sizes, from all alike to very small and very large ones and nothing between. \param minMean bytes
Sizes DrawSizeTable(RandomStream& random, double minMean)
{
    constexpr double MAX_MEAN = 1e6;
    constexpr double MIN_SIZE = 60;
    constexpr double MAX_SIZE = 3e7;
    while (true)
    {
        std::vector<double> sizes(Between(random, 3, 9));
        for (double& size : sizes)
        {
            size = std::round(random.LogUniform(MIN_SIZE, MAX_SIZE));
        }
        std::sort(sizes.begin(), sizes.end());
        std::vector<CdfPoint> points{{sizes[0], 0}};
        double sum = 0;
        for (std::size_t i = 1; i < sizes.size(); i++)
        {
            sum += random.LogUniform(0.01, 1); // a share may be a hundredth of another
            points.emplace_back(std::max(sizes[i], points.back().first + 1), sum);
        }
        for (CdfPoint& point : points)
        {
            point.second *= 100 / sum;
        }
        points.back().second = 100;
        Sizes drawn(points);
        if (drawn.distribution->Mean() >= minMean && drawn.distribution->Mean() <= MAX_MEAN)
        {
            return drawn;
        }
    }
}

/// \param minMean of tables and parametric families, bytes
Sizes DrawSizes(RandomStream& random, double minMean)
{
    const double kind = random.Uniform();
    if (kind < 0.3)
    {
        return Sizes(Choose<std::string>(random, {"WebSearch", "AliStorage", "GoogleRPC", "FbHdp"}));
    }
    if (kind < 0.65)
    {
        return DrawSizeTable(random, minMean);
    }
    const double mean = random.LogUniform(minMean, 600'000);
    const auto with = [](const char* name, double first, double second)
    { return Sizes(FormatText("%s:%.0f,%.2f", name, first, second)); };
    switch (random.Integer(0, 9))
    {
    case 0:
        return Sizes("constant:" + std::to_string(std::llround(mean)));
    case 1:
    case 2:
        return Sizes("exponential:" + std::to_string(std::llround(mean)));
    case 3:
        return with("gaussian", mean, mean * random.Uniform(0.1, 0.5));
    case 4:
    case 5:
        return with("pareto", mean, random.Uniform(1.1, 2));
    default:
        return with("lognormal", mean, random.Uniform(1, 3));
    }
}

void DrawControl(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    const auto hostRate = static_cast<double>(fabric.HostRate());
    const double scale = hostRate / (10 * GBPS);
    const auto bytes = [&](double low, double high)
    { return static_cast<uint64_t>(random.LogUniform(low, high) * scale); };
    const auto rate = [&](double lowMbps, double highMbps)
    { return static_cast<uint64_t>(random.LogUniform(lowMbps, highMbps) * 1e6 * scale); };
    const bool defaults = random.Uniform() < 0.2;
    config.congestionControl = Choose<CongestionControlType>(random,
                                                             {CongestionControlType::DCTCP,
                                                              CongestionControlType::DCTCP,
                                                              CongestionControlType::DCQCN,
                                                              CongestionControlType::DCQCN,
                                                              CongestionControlType::HPCC,
                                                              CongestionControlType::HPCC,
                                                              CongestionControlType::TIMELY,
                                                              CongestionControlType::TIMELY,
                                                              CongestionControlType::TIMELY});
    if (defaults)
    {
        return;
    }
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        config.Of<DctcpConfig>().kBytes = bytes(5000, 30'000);
        config.Of<DctcpConfig>().aiBps = random.Uniform() < 0.7 ? rate(615, 615) : rate(200, 1500);
        break;
    case CongestionControlType::DCQCN:
        config.Of<DcqcnConfig>().kminBytes = bytes(8000, 50'000);
        config.Of<DcqcnConfig>().kmaxBytes = *config.Of<DcqcnConfig>().kminBytes + bytes(20'000, 100'000);
        config.Of<DcqcnConfig>().pmax = random.Uniform() < 0.7 ? 0.2 : random.Uniform(0.05, 1);
        config.Of<DcqcnConfig>().increaseTimerNs = random.Uniform() < 0.7 ? 55'000 : 300'000;
        if (config.Of<DcqcnConfig>().increaseTimerNs == 300'000)
        {
            config.Of<DcqcnConfig>().alphaTimerNs = 1000;
            config.Of<DcqcnConfig>().decreaseTimerNs = 4000;
        }
        break;
    case CongestionControlType::HPCC:
        config.Of<HpccConfig>().eta = random.Uniform(0.7, 0.98);
        config.Of<HpccConfig>().aiBps = rate(25, 1000);
        break;
    default:
        config.Of<TimelyConfig>().tLowNs = std::llround(random.Uniform(30'000, 65'000));
        config.Of<TimelyConfig>().tHighNs =
            config.Of<TimelyConfig>().tLowNs + std::llround(random.Uniform(30'000, 110'000));
        config.Of<TimelyConfig>().aiBps = rate(10, 10);
    }
}

void DrawPools(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    if (random.Uniform() < 0.4)
    {
        return; // the default pool
    }
    const double perCapacity = random.LogUniform(5000, 80'000) / (10 * GBPS);
    config.nodeSharedPoolBytes.assign(fabric.NodeCount(), 0);
    for (NodeId node = 0; node < fabric.NodeCount(); node++)
    {
        const auto capacity = static_cast<double>(fabric.PortCapacity(node));
        config.nodeSharedPoolBytes[node] =
            fabric.IsHost(node) ? 0 : static_cast<uint64_t>(std::max(4000.0, perCapacity * capacity));
    }
}

/// The parameters of the drawn control from the ranges of the m3 paper (SIGCOMM 2024, table 4), and window and buffers.
void DrawPublishedConfig(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    const auto kilobytes = [&random](double low, double high)
    { return static_cast<uint64_t>(random.Uniform(low, high) * 1000); };
    const auto microseconds = [&random](double low, double high)
    { return std::llround(random.Uniform(low, high) * 1000); };
    DrawControl(random, fabric, config);
    switch (config.congestionControl)
    {
    case CongestionControlType::DCTCP:
        config.Of<DctcpConfig>().kBytes = kilobytes(5, 20);
        config.Of<DctcpConfig>().aiBps.reset();
        break;
    case CongestionControlType::DCQCN:
        config.Of<DcqcnConfig>().kminBytes = kilobytes(20, 50);
        config.Of<DcqcnConfig>().kmaxBytes = kilobytes(50, 100);
        break;
    case CongestionControlType::HPCC:
        config.Of<HpccConfig>().eta = random.Uniform(0.7, 0.95);
        config.Of<HpccConfig>().aiBps = static_cast<uint64_t>(random.Uniform(500, 1000) * 1e6);
        break;
    default:
        config.Of<TimelyConfig>().tLowNs = microseconds(40, 60);
        config.Of<TimelyConfig>().tHighNs = microseconds(100, 150);
    }
    config.windowBytes = kilobytes(5, 30);
    config.pfc = random.Uniform() < 0.5;
    if (random.Uniform() < 0.4)
    {
        DrawPools(random, fabric, config);
    }
}

void DrawConfig(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config)
{
    DrawControl(random, fabric, config);
    config.pfc = random.Uniform() < 0.75;
    DrawPools(random, fabric, config);
    if (random.Uniform() < 0.65)
    {
        const RouteTable routes(fabric, config.mode);
        const int64_t rtt = MaxBaseRttNs(fabric, routes, config.Format(), config.AckBytes());
        const double bdp = static_cast<double>(rtt) * static_cast<double>(fabric.HostRate()) / 8e9;
        config.windowBytes = static_cast<uint64_t>(std::max(2000.0, bdp * random.LogUniform(0.3, 3)));
    }
    config.variableWindow = random.Uniform() < 0.85;
}

/// \param variant of the scenario
RandomStream StreamOf(uint64_t seed, uint64_t index, uint32_t variant = 0)
{
    constexpr uint64_t FAR = 0x9e3779b97f4a7c15; // from the streams of other scenarios
    return RandomStream(seed * 1'000'003 + index + variant * FAR);
}

using DrawOfConfig = void (*)(RandomStream& random, const FabricGraph& fabric, RdmaConfig& config);

/// Gives a scenario, which has its network and configuration, the configuration of a variant; 0 is what it has.
void MakeVariant(uint64_t seed, uint64_t index, uint32_t variant, DrawOfConfig draw, TrainingScenario& scenario)
{
    if (variant == 0)
    {
        return;
    }
    RandomStream random = StreamOf(seed, index, variant);
    const RdmaConfig before = scenario.config;
    do
    {
        scenario.config = {};
        draw(random, scenario.fabric, scenario.config);
    } while (scenario.config.congestionControl != before.congestionControl);
    scenario.config.seed = before.seed;
}

std::string VariantName(uint32_t variant)
{
    return variant == 0 ? "" : ", variant " + std::to_string(variant);
}

/**
 * Draws the traffic of a network that has its configuration, and describes it.
 * \param shape what to call the network \param minMean of drawn sizes, bytes
 */
void DrawTraffic(RandomStream& random,
                 const std::string& shape,
                 double minMean,
                 double packetHops,
                 TrainingScenario& scenario)
{
    const FabricGraph& fabric = scenario.fabric;
    const RdmaConfig& config = scenario.config;
    const RouteTable routes(fabric, config.mode);
    const TrafficMatrix matrix = DrawMatrix(random, fabric);
    const Sizes sizes = DrawSizes(random, minMean);
    scenario.meanSize = sizes.distribution->Mean();
    TrafficSpec spec;
    spec.load = random.Uniform(0.1, 0.85);
    spec.lognormalSigma = random.Uniform() < 0.2 ? 0 : random.Uniform(0.5, 2.2);
    spec.headerBytes = config.HeaderBytes();
    spec.payloadBytes = config.payloadBytes;
    spec.seed = random.Integer(1, 1'000'000'000);
    constexpr double MEAN_HOPS = 4;
    const double packetsPerFlow = scenario.meanSize / config.payloadBytes + 1;
    const double affordable = packetHops / (MEAN_HOPS * packetsPerFlow);
    spec.flows = static_cast<uint64_t>(std::clamp(affordable * random.Uniform(0.5, 1), 500.0, 400'000.0));
    scenario.flows = GenerateFlows(fabric, routes, matrix, *sizes.distribution, spec);

    scenario.description = FormatText("%s, %.0f Gb/s, %s, %s, load %.2f, sigma %.2f, pfc %s, %zu flows",
                                      shape.c_str(),
                                      static_cast<double>(fabric.HostRate()) / GBPS,
                                      CongestionControlName(config.congestionControl).c_str(),
                                      sizes.text.c_str(),
                                      spec.load,
                                      spec.lognormalSigma,
                                      config.pfc ? "on" : "off",
                                      scenario.flows.size());
}

constexpr double MIN_MEAN = 1000; //!< of parametric sizes, bytes

} // namespace

void HostRange::Check() const
{
    constexpr uint32_t MIN_HOSTS = 4;
    constexpr uint32_t MAX_HOSTS = 512; // of the shapes above
    if (min < MIN_HOSTS || max > MAX_HOSTS || max / 2 < min)
    {
        throw InputError("networks must have 4 to 512 hosts, and the maximum must be at least twice the minimum; not " +
                         std::to_string(min) + " to " + std::to_string(max));
    }
}

TrainingScenario
DrawScenario(uint64_t seed, uint64_t index, double packetHops, const HostRange& hosts, uint32_t variant)
{
    hosts.Check();
    constexpr double MIN_PUBLISHED_MEAN = 30'000;
    RandomStream random = StreamOf(seed, index);
    TrainingScenario scenario;
    std::string shape;
    const bool published = random.Uniform() < 0.5;
    if (published)
    {
        scenario.fabric = DrawFabric(random, {10'000'000'000U, 40'000'000'000U, 1000}, hosts, shape);
        DrawPublishedConfig(random, scenario.fabric, scenario.config);
    }
    else
    {
        scenario.fabric = DrawFabric(random, DrawLinkShape(random), hosts, shape);
        if (random.Uniform() < 0.2)
        {
            scenario.fabric = WithUnequalDelays(random, scenario.fabric);
            shape += ", unequal delays";
        }
        DrawConfig(random, scenario.fabric, scenario.config);
    }
    scenario.config.seed = index + 1;
    MakeVariant(seed, index, variant, published ? DrawPublishedConfig : DrawConfig, scenario);
    shape += VariantName(variant);
    DrawTraffic(random, shape, published ? MIN_PUBLISHED_MEAN : MIN_MEAN, packetHops, scenario);
    return scenario;
}

TrainingScenario
DrawScenario(uint64_t seed, uint64_t index, double packetHops, const FabricGraph& network, uint32_t variant)
{
    RandomStream random = StreamOf(seed, index);
    TrainingScenario scenario;
    scenario.fabric = network;
    DrawConfig(random, network, scenario.config);
    scenario.config.seed = index + 1;
    MakeVariant(seed, index, variant, DrawConfig, scenario);
    const std::string shape = std::to_string(network.Hosts().size()) + " hosts" + VariantName(variant);
    DrawTraffic(random, shape, MIN_MEAN, packetHops, scenario);
    return scenario;
}

} // namespace ns3::m3
