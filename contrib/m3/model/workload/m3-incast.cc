// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-incast.h"

#include "core/random-stream.h"
#include "core/text-format.h"
#include "fabric/expected-loads.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

namespace
{

IncastSpec ParseIncast(std::string_view name, std::string_view text)
{
    const std::vector<std::string> parts = SplitList(text);
    if (parts.size() != 3)
    {
        throw InputError(std::string(name) + ": needs DEGREE,BYTES,LOAD, as in 16,40KB,0.02; is '" + std::string(text) +
                         "'");
    }
    const std::string option(name);
    return {ParseCount(option + ": degree", parts[0], 1),
            ParseBytes(option + ": bytes", parts[1], 1, MAX_FLOW_BYTES),
            ParseProbability(option + ": load", parts[2])};
}

std::string IncastText(const IncastSpec& spec)
{
    return FormatText("%llu,%llu,%g",
                      static_cast<unsigned long long>(spec.degree),
                      static_cast<unsigned long long>(spec.bytes),
                      spec.load);
}

std::vector<NodeId> LinkedHosts(const FabricGraph& fabric)
{
    std::vector<NodeId> hosts;
    std::copy_if(fabric.Hosts().begin(),
                 fabric.Hosts().end(),
                 std::back_inserter(hosts),
                 [&](NodeId host) { return !fabric.EgressLinks(host).empty(); });
    return hosts;
}

void CheckIncast(const IncastSpec& spec, std::size_t hosts)
{
    if (spec.degree < 1 || spec.degree + 1 > hosts)
    {
        throw InputError("incast: degree must be at least 1 and below the number of hosts, " + std::to_string(hosts) +
                         "; is " + std::to_string(spec.degree));
    }
    if (spec.bytes < 1 || spec.bytes > MAX_FLOW_BYTES)
    {
        throw InputError("incast: bytes must be at least 1 and at most 1 PB, are " + std::to_string(spec.bytes));
    }
    if (!(spec.load > 0 && spec.load < 1))
    {
        throw InputError("incast: load must be above 0 and below 1, is " + FormatText("%g", spec.load));
    }
}

/// Returns the mean time between bursts, ns.
double MeanBurstGapNs(const FabricGraph& fabric,
                      const RouteTable& routes,
                      const std::vector<NodeId>& hosts,
                      const IncastSpec& spec,
                      const PacketFormat& format)
{
    const auto count = static_cast<double>(hosts.size());
    std::vector<double> shares(fabric.LinkCount(), 0);
    std::map<NodeId, std::vector<NodeId>> hostsOfTors;
    for (const NodeId host : hosts)
    {
        hostsOfTors[fabric.TopOfRack(host)].push_back(host);
    }
    std::vector<std::vector<NodeId>> racks;
    for (auto& [tor, ofTor] : hostsOfTors)
    {
        racks.push_back(std::move(ofTor));
    }
    const double share = 1 / (count * (count - 1));
    AddExpectedLoads(
        fabric,
        routes.Mode(),
        racks,
        [share](std::size_t, std::size_t) { return share; },
        shares);
    double secondsPerBit = 0; // on the most loaded link, per bit sent in the network
    for (LinkId link = 0; link < fabric.LinkCount(); link++)
    {
        secondsPerBit = std::max(secondsPerBit, shares[link] / static_cast<double>(fabric.Link(link).bitsPerSecond));
    }
    const double bits = 8.0 * static_cast<double>(spec.degree) * static_cast<double>(WireBytes(spec.bytes, format));
    return 1e9 * secondsPerBit * bits / spec.load;
}

} // namespace

OptionKind<IncastSpec> IncastOption()
{
    return {"DEGREE,BYTES,LOAD", ParseIncast, IncastText};
}

FlowList WithIncast(FlowList flows,
                    const FabricGraph& fabric,
                    const RouteTable& routes,
                    const IncastSpec& spec,
                    const PacketFormat& format,
                    uint64_t seed)
{
    constexpr uint64_t STREAM = 0x696e63617374; // "incast": apart from the seeds of generated flows
    constexpr double MAX_FLOWS = 1e9;
    std::vector<NodeId> hosts = LinkedHosts(fabric);
    CheckIncast(spec, hosts.size());
    if (flows.empty())
    {
        return flows;
    }
    const double gapNs = MeanBurstGapNs(fabric, routes, hosts, spec, format);
    const int64_t beginNs = flows.front().startNs;
    const int64_t lastNs = flows.back().startNs;
    const double expected = static_cast<double>(lastNs - beginNs) / gapNs * static_cast<double>(spec.degree);
    if (!(expected <= MAX_FLOWS))
    {
        throw InputError("incast: " + IncastText(spec) + " makes " + FormatText("%.3g", expected) +
                         " flows; at most 1e9 are possible");
    }
    RandomStream random(seed ^ STREAM);
    const auto background = static_cast<std::ptrdiff_t>(flows.size());
    double timeNs = gapNs * random.Exponential();
    while (timeNs <= static_cast<double>(lastNs - beginNs))
    {
        for (std::size_t i = 0; i <= spec.degree; i++) // the receiver, then its senders
        {
            std::swap(hosts[i], hosts[random.Integer(i, hosts.size() - 1)]);
            if (i > 0)
            {
                flows.push_back({hosts[i], hosts[0], spec.bytes, beginNs + std::llround(timeNs)});
            }
        }
        timeNs += gapNs * random.Exponential();
    }
    if (background == static_cast<std::ptrdiff_t>(flows.size()))
    {
        throw InputError("incast: no burst arrives in the " +
                         FormatText("%.3g", static_cast<double>(lastNs - beginNs) / 1e6) +
                         " ms of the other flows; bursts of this load are " + FormatText("%.3g", gapNs / 1e6) +
                         " ms apart on average");
    }
    std::inplace_merge(flows.begin(),
                       flows.begin() + background,
                       flows.end(),
                       [](const Flow& one, const Flow& other) { return one.startNs < other.startNs; });
    return flows;
}

} // namespace ns3::m3
