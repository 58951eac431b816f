// SPDX-License-Identifier: GPL-2.0-only
#include "schedule-scenarios.h"

#include "space-parts.h"

#include "config/ideal-fcts-of-run.h"
#include "core/text-format.h"
#include "fabric/routes-of-flows.h"
#include "ns3/m3-collective-plan.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-request-clients.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace ns3::m3
{

namespace
{

constexpr double HOPS_OF_PACKET = 4;
constexpr double GIGA = 1e9;
constexpr uint64_t MAX_DRAWN_BPS = 800'000'000'000U;

/// A network as drawn, and the hosts of a server, 1 where there are no servers.
struct DrawnServers
{
    FabricGraph fabric;
    uint32_t perServer;
};

/// Servers of hosts: host h of each has a link to the switch of its server and one to switch h, and these to one above.
DrawnServers DrawServers(RandomStream& random, const HostRange& range, std::string& description)
{
    const uint32_t perServer = Choose<uint32_t>(random, {2, 4, 4, 8, 8});
    const auto wanted = static_cast<uint32_t>(random.LogUniform(range.min, range.max));
    const uint32_t servers = std::max<uint32_t>(2, wanted / perServer);
    const LinkShape links = random.Uniform() < 0.5 ? PUBLISHED_LINKS : DrawLinkShape(random);
    const uint64_t inside = std::min(links.hostBps * Choose<uint64_t>(random, {1, 2, 4, 6}), MAX_DRAWN_BPS);
    const uint64_t above =
        std::min(links.hostBps * Choose<uint64_t>(random, {1, 1, 2, 4}) * std::max<uint64_t>(1, servers / 4),
                 MAX_DRAWN_BPS);
    const int64_t insideNs = std::llround(random.LogUniform(25, static_cast<double>(links.delayNs) + 25));
    const uint32_t hosts = servers * perServer;
    DrawnServers drawn{{}, perServer};
    FabricGraph& fabric = drawn.fabric;
    for (NodeId node = 0; node < hosts + servers + perServer + 1; node++)
    {
        fabric.AddNode(node < hosts ? NodeKind::HOST : NodeKind::SWITCH);
    }
    for (NodeId host = 0; host < hosts; host++)
    {
        fabric.AddLink(host, hosts + host / perServer, inside, insideNs);
        fabric.AddLink(host, hosts + servers + host % perServer, links.hostBps, links.delayNs);
    }
    for (uint32_t place = 0; place < perServer; place++)
    {
        fabric.AddLink(hosts + servers + place, hosts + servers + perServer, above, links.delayNs);
    }
    description = FormatText("%u servers of %u", servers, perServer);
    return drawn;
}

/// The same network with slow links of some hosts.
FabricGraph WithSlowHosts(RandomStream& random, const FabricGraph& even, std::string& description)
{
    std::vector<NodeId> hosts = even.Hosts();
    const auto slow = static_cast<uint32_t>(random.Integer(1, std::max<std::size_t>(1, hosts.size() / 2)));
    const uint64_t divisor = random.Integer(2, 10);
    for (uint32_t k = 0; k < slow; k++)
    {
        std::swap(hosts[k], hosts[random.Integer(k, hosts.size() - 1)]);
    }
    std::vector<bool> isSlow(even.NodeCount(), false);
    std::for_each(hosts.begin(), hosts.begin() + slow, [&](NodeId host) { isSlow[host] = true; });
    FabricGraph fabric;
    for (NodeId node = 0; node < even.NodeCount(); node++)
    {
        fabric.AddNode(even.Kind(node));
    }
    for (LinkId id = 0; id < even.LinkCount(); id += 2) // the two directions of a link follow each other
    {
        const FabricLink& link = even.Link(id);
        const bool slower = isSlow[link.from] || isSlow[link.to];
        fabric.AddLink(link.from, link.to, slower ? link.bitsPerSecond / divisor : link.bitsPerSecond, link.delayNs);
    }
    description += FormatText(", %u hosts slower by %u", slow, static_cast<uint32_t>(divisor));
    return fabric;
}

/// Packet transmissions of a schedule, approximately.
double HopsOf(const Schedule& schedule, const RdmaConfig& config)
{
    double packets = 0;
    for (const Flow& flow : schedule.Flows())
    {
        packets += static_cast<double>(PacketCount(flow.sizeBytes, config.payloadBytes));
    }
    return HOPS_OF_PACKET * packets;
}

Schedule ScheduleOf(const CollectiveTraffic& traffic, const std::vector<NodeId>& hosts)
{
    Schedule schedule;
    AddCollectiveTraffic(schedule, traffic, hosts);
    return schedule;
}

/// Ranks of a group: a divisor of the hosts with whole servers, or parts of one server.
uint32_t DrawGroup(RandomStream& random, uint32_t hosts, uint32_t perServer)
{
    std::vector<uint32_t> groups;
    for (uint32_t group = 2; group <= hosts; group++)
    {
        if (hosts % group == 0 && (group % perServer == 0 || perServer % group == 0))
        {
            groups.push_back(group);
        }
    }
    return groups.empty() ? hosts : Choose(random, groups);
}

CollectivePlan DrawPlan(RandomStream& random, uint32_t group, uint32_t perServer)
{
    constexpr uint64_t TYPES = 8;
    CollectivePlan plan;
    plan.type = static_cast<CollectiveType>(random.Integer(0, TYPES - 1));
    if (plan.type == CollectiveType::HALVING_DOUBLING && (group & (group - 1)) != 0)
    {
        plan.type = CollectiveType::TREE_ALL_REDUCE;
    }
    plan.bytes = static_cast<uint64_t>(random.LogUniform(2e4, 3e8));
    plan.perServer = group % perServer == 0 ? perServer : 1;
    plan.channels = Choose<uint32_t>(random, {1, 1, 2, 4, plan.perServer, plan.perServer});
    plan.chunks = Choose<uint32_t>(random, {1, 1, 1, 2, 4});
    return plan;
}

/// Makes a collective cheaper: fewer bytes, then fewer flows. \return whether it could
bool MakeCheaper(CollectivePlan& plan)
{
    constexpr uint64_t MIN_BYTES = 1000;
    if (plan.bytes > MIN_BYTES)
    {
        plan.bytes = std::max(MIN_BYTES, plan.bytes / 2);
        return true;
    }
    if (plan.channels == 1 && plan.chunks == 1)
    {
        return false;
    }
    plan.channels = std::max(1U, plan.channels / 2);
    plan.chunks = std::max(1U, plan.chunks / 2);
    return true;
}

/// Makes collectives cheaper until they are affordable, then repeats them while they are.
Schedule
Afford(CollectiveTraffic& traffic, const std::vector<NodeId>& hosts, const RdmaConfig& config, double packetHops)
{
    constexpr double MAX_REPEAT = 30;
    Schedule schedule = ScheduleOf(traffic, hosts);
    while (HopsOf(schedule, config) > packetHops &&
           std::count_if(traffic.plans.begin(), traffic.plans.end(), MakeCheaper) > 0)
    {
        schedule = ScheduleOf(traffic, hosts);
    }
    traffic.repeat = static_cast<uint32_t>(std::clamp(packetHops / HopsOf(schedule, config), 1.0, MAX_REPEAT));
    return traffic.repeat == 1 ? schedule : ScheduleOf(traffic, hosts);
}

Schedule DrawCollectives(RandomStream& random,
                         const DrawnServers& network,
                         const RdmaConfig& config,
                         double packetHops,
                         std::string& description)
{
    const std::vector<NodeId>& hosts = network.fabric.Hosts();
    CollectiveTraffic traffic;
    traffic.group = DrawGroup(random, static_cast<uint32_t>(hosts.size()), network.perServer);
    traffic.isAcross = random.Uniform() < 0.2 && traffic.group % network.perServer != 0;
    const uint32_t perServer = traffic.isAcross ? 1 : network.perServer;
    for (uint64_t plans = random.Integer(1, 2); plans > 0; plans--)
    {
        traffic.plans.push_back(DrawPlan(random, traffic.group, perServer));
    }
    traffic.computeNs = random.Uniform() < 0.5 ? 0 : std::llround(random.LogUniform(1e3, 1e6));
    const double timing = random.Uniform();
    if (timing < 0.3)
    {
        traffic.timing = SimaiTiming(std::llround(random.LogUniform(100, 6000)));
    }
    else if (timing < 0.6)
    {
        traffic.timing.receiveToSendNs = std::llround(random.LogUniform(100, 10'000));
    }
    Schedule schedule = Afford(traffic, hosts, config, packetHops);
    description.clear();
    for (const CollectivePlan& plan : traffic.plans)
    {
        description += FormatText("%s%s of %s, %u channels, %u chunks",
                                  description.empty() ? "" : ", then ",
                                  CollectiveTypeName(plan.type).c_str(),
                                  CountText(plan.bytes).c_str(),
                                  plan.channels,
                                  plan.chunks);
    }
    description +=
        FormatText(", groups of %u%s, %u times", traffic.group, traffic.isAcross ? " across" : "", traffic.repeat);
    return schedule;
}

Schedule DrawClients(RandomStream& random,
                     const FabricGraph& fabric,
                     const RdmaConfig& config,
                     double packetHops,
                     std::string& description)
{
    constexpr double MAX_REQUESTS = 2000; // of a client
    constexpr uint64_t MAX_FAN_OUT = 16;
    const uint64_t hosts = fabric.Hosts().size();
    RequestClients clients;
    clients.clients = static_cast<uint32_t>(random.Integer(1, 2 * hosts));
    clients.fanOut = static_cast<uint32_t>(
        std::min(hosts - 1, static_cast<uint64_t>(random.LogUniform(1, static_cast<double>(MAX_FAN_OUT) + 1))));
    clients.requestBytes = static_cast<uint64_t>(random.LogUniform(60, 4000));
    const Sizes replies = random.Uniform() < 0.6
                              ? Sizes("constant:" + std::to_string(std::llround(random.LogUniform(1000, 1e6))))
                              : Sizes(Choose<std::string>(random, {"WebSearch", "AliStorage", "GoogleRPC", "FbHdp"}));
    clients.replySizes = replies.text;
    clients.serviceNs = random.Uniform() < 0.5 ? 0 : std::llround(random.LogUniform(1e3, 1e5));
    clients.thinkNs = random.Uniform() < 0.3 ? 0 : random.LogUniform(1e3, 1e6);
    const double packets = (replies.distribution->Mean() + static_cast<double>(clients.requestBytes)) /
                               static_cast<double>(config.payloadBytes) +
                           2;
    const double ofRequest = HOPS_OF_PACKET * packets * clients.fanOut * clients.clients;
    clients.requests = static_cast<uint32_t>(std::clamp(packetHops / ofRequest, 1.0, MAX_REQUESTS));
    Schedule schedule;
    AddRequestClients(schedule, clients, fabric.Hosts(), random.Integer(1, 1'000'000'000));
    description = FormatText("%u clients, %u requests each, fan-out %u, replies %s",
                             clients.clients,
                             clients.requests,
                             clients.fanOut,
                             clients.replySizes.c_str());
    return schedule;
}

} // namespace

ScheduleScenario DrawScheduleScenario(uint64_t seed, uint64_t index, double packetHops, const HostRange& hosts)
{
    hosts.Check();
    constexpr uint64_t OWN = 0x5ced; // apart from the streams of DrawScenario()
    RandomStream random(seed * 1'000'003 + index + OWN * 1'000'000'007);
    ScheduleScenario scenario;
    std::string shape;
    DrawnServers network{{}, 1};
    if (random.Uniform() < 0.5)
    {
        network = DrawServers(random, hosts, shape);
    }
    else
    {
        network.fabric =
            DrawFabric(random, random.Uniform() < 0.5 ? PUBLISHED_LINKS : DrawLinkShape(random), hosts, shape);
    }
    if (random.Uniform() < 0.5)
    {
        network.fabric = WithSlowHosts(random, network.fabric, shape);
    }
    (random.Uniform() < 0.5 ? DrawPublishedConfig : DrawConfig)(random, network.fabric, scenario.config);
    scenario.config.seed = index + 1;
    std::string traffic;
    scenario.schedule = random.Uniform() < 0.75
                            ? DrawCollectives(random, network, scenario.config, packetHops, traffic)
                            : DrawClients(random, network.fabric, scenario.config, packetHops, traffic);
    scenario.fabric = std::move(network.fabric);
    scenario.description = FormatText("schedule: %s, %.0f Gb/s, %s, %s, pfc %s, %zu flows",
                                      shape.c_str(),
                                      static_cast<double>(scenario.fabric.HostRate()) / GIGA,
                                      CongestionControlName(scenario.config.congestionControl).c_str(),
                                      traffic.c_str(),
                                      scenario.config.pfc ? "on" : "off",
                                      scenario.schedule.Flows().size());
    return scenario;
}

ListedRun ListFlows(const FabricGraph& fabric,
                    const RouteTable& routes,
                    const RdmaConfig& config,
                    const Schedule& schedule,
                    const PacketResult& result)
{
    ListedRun list;
    const auto startOf = [&](uint32_t flow)
    { return result.taskStartsNs.empty() ? schedule.Flows()[flow].startNs : result.taskStartsNs[flow]; };
    std::vector<RouteKey> keys;
    std::vector<uint32_t>& numbers = list.scheduled.numbers;
    RoutesOfFlows next(routes);
    for (uint32_t flow = 0; flow < schedule.Flows().size(); flow++)
    {
        const Flow& one = schedule.Flows()[flow];
        keys.push_back(next.NextKey(one.src, one.dst, one.dstPort));
        if (startOf(flow) >= 0)
        {
            numbers.push_back(flow);
        }
    }
    std::stable_sort(numbers.begin(), numbers.end(), [&](uint32_t a, uint32_t b) { return startOf(a) < startOf(b); });
    Route route;
    for (const uint32_t flow : numbers)
    {
        list.flows.push_back(schedule.Flows()[flow]);
        list.flows.back().startNs = startOf(flow);
        list.scheduled.keys.push_back(keys[flow]);
        routes.DataRoute(keys[flow], route);
        const int64_t ideal = IdealFctUnder(config, fabric, routes, route, schedule.Flows()[flow].sizeBytes);
        const FlowOutcome& outcome = result.flows[flow];
        list.finished.push_back(outcome.unfinished == Unfinished::NO);
        list.slowdown.push_back(list.finished.back() ? SlowdownOf(outcome.receiverFctNs, ideal) : 0);
    }
    return list;
}

} // namespace ns3::m3
