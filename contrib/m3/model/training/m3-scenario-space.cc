// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-scenario-space.h"

#include "scenario-kinds.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"

#include <boost/algorithm/string/join.hpp>

#include <algorithm>

namespace ns3::m3
{

namespace
{

constexpr double GBPS = 1e9;

/// \param variant of the scenario
RandomStream StreamOf(uint64_t seed, uint64_t index, uint32_t variant = 0)
{
    constexpr uint64_t FAR = 0x9e3779b97f4a7c15; // from the streams of other scenarios
    return RandomStream(seed * 1'000'003 + index + variant * FAR);
}

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

/// Draws the traffic of a network that has its configuration, and describes it. \param shape what to call the network
template <typename DrawFlows>
void DrawTraffic(RandomStream& random,
                 const std::string& shape,
                 double packetHops,
                 DrawFlows drawFlows,
                 TrainingScenario& scenario)
{
    const RouteTable routes(scenario.fabric, scenario.config.mode);
    TrafficDraw draw{random, scenario.fabric, routes, scenario.config, packetHops, 0, {}, {}};
    drawFlows(draw);
    scenario.meanSize = draw.meanSize;
    scenario.flows = std::move(draw.flows);
    scenario.description = FormatText("%s, %.0f Gb/s, %s, %s, pfc %s, %zu flows",
                                      shape.c_str(),
                                      static_cast<double>(scenario.fabric.HostRate()) / GBPS,
                                      CongestionControlName(scenario.config.congestionControl).c_str(),
                                      draw.text.c_str(),
                                      scenario.config.pfc ? "on" : "off",
                                      scenario.flows.size());
}

/// Draws open-loop traffic. \param minMean of drawn sizes, bytes
auto OpenLoopOf(double minMean)
{
    return [minMean](TrafficDraw& draw)
    { DrawOpenLoop(draw, {[minMean](RandomStream& random) { return DrawSizes(random, minMean); }}); };
}

/// The kinds of these names. \throws InputError
std::vector<const ScenarioKind*> KindsOf(const std::vector<std::string>& names)
{
    std::vector<const ScenarioKind*> kinds;
    for (const std::string& name : names)
    {
        const auto& all = ScenarioKinds();
        const auto kind = std::find_if(all.begin(), all.end(), [&](const auto& one) { return name == one.name; });
        if (kind == all.end())
        {
            throw InputError("unknown kind of scenarios '" + name + "'; there are " +
                             boost::algorithm::join(ScenarioKindNames(), ", "));
        }
        kinds.push_back(&*kind);
    }
    return kinds;
}

const ScenarioKind& DrawKind(RandomStream& random, const std::vector<const ScenarioKind*>& kinds)
{
    double all = 0;
    for (const ScenarioKind* kind : kinds)
    {
        all += kind->share;
    }
    double at = random.Uniform(0, all);
    std::size_t place = 0;
    while (place + 1 < kinds.size() && at >= kinds[place]->share)
    {
        at -= kinds[place++]->share;
    }
    return *kinds[place];
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
        scenario.fabric = DrawFabric(random, PUBLISHED_LINKS, hosts, shape);
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
    DrawTraffic(random, shape, packetHops, OpenLoopOf(published ? MIN_PUBLISHED_MEAN : MIN_MEAN), scenario);
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
    DrawTraffic(random, shape, packetHops, OpenLoopOf(MIN_MEAN), scenario);
    return scenario;
}

std::vector<std::string> ScenarioKindNames()
{
    std::vector<std::string> names;
    for (const ScenarioKind& kind : ScenarioKinds())
    {
        names.emplace_back(kind.name);
    }
    return names;
}

TrainingScenario DrawScenarioOfKinds(uint64_t seed,
                                     uint64_t index,
                                     double packetHops,
                                     const std::vector<std::string>& kinds,
                                     const HostRange& hosts)
{
    constexpr double ALSO_ANOTHER = 0.25; // a second kind beside the first
    hosts.Check();
    const std::vector<const ScenarioKind*> wanted = KindsOf(kinds);
    RandomStream random = StreamOf(seed, index);
    const ScenarioKind& kind = DrawKind(random, wanted);
    const ScenarioKind& other = DrawKind(random, wanted);
    const bool both = random.Uniform() < ALSO_ANOTHER;
    const auto part = [&](auto member) { return kind.*member || !both ? kind.*member : other.*member; };
    const auto network = part(&ScenarioKind::network);
    const auto config = part(&ScenarioKind::config);
    const auto traffic = part(&ScenarioKind::traffic);
    const bool published = random.Uniform() < 0.5;
    TrainingScenario scenario;
    std::string shape;
    if (network != nullptr)
    {
        DrawnNetwork drawn = network(random, hosts);
        scenario.fabric = std::move(drawn.fabric);
        shape = std::move(drawn.description);
    }
    else
    {
        scenario.fabric = DrawFabric(random, published ? PUBLISHED_LINKS : DrawLinkShape(random), hosts, shape);
    }
    (published ? DrawPublishedConfig : DrawConfig)(random, scenario.fabric, scenario.config);
    if (config != nullptr)
    {
        config(random, scenario.fabric, scenario.config);
    }
    scenario.config.seed = index + 1;
    scenario.kind = kind.name;
    DrawTraffic(
        random,
        kind.name + (": " + shape),
        packetHops,
        [&](TrafficDraw& draw) { traffic != nullptr ? traffic(draw) : OpenLoopOf(MIN_MEAN)(draw); },
        scenario);
    return scenario;
}

} // namespace ns3::m3
