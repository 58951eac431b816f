// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-collective-plan.h"

#include "collective-patterns.h"

#include "core/text-format.h"
#include "ns3/m3-input-error.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr uint32_t MAX_PARTS = 1024;
constexpr uint32_t MAX_REPEAT = 1'000'000;
constexpr int64_t NO_LATENCY = -1; //!< none was given
constexpr double MAX_COLLECTIVE_FLOWS = 2e8;

/// Types by name.
constexpr std::pair<const char*, CollectiveType> COLLECTIVE_TYPES[] = {
    {"ring-allreduce", CollectiveType::RING_ALL_REDUCE},
    {"reduce-scatter", CollectiveType::REDUCE_SCATTER},
    {"allgather", CollectiveType::ALL_GATHER},
    {"broadcast", CollectiveType::BROADCAST},
    {"tree-allreduce", CollectiveType::TREE_ALL_REDUCE},
    {"halving-doubling", CollectiveType::HALVING_DOUBLING},
    {"alltoall", CollectiveType::ALL_TO_ALL},
    {"hierarchical-allreduce", CollectiveType::HIERARCHICAL},
};

std::string SizeText(uint64_t bytes)
{
    constexpr uint64_t MIB = 1 << 20;
    return bytes % MIB == 0 ? std::to_string(bytes / MIB) + " MiB" : std::to_string(bytes) + " B";
}

/// \throws InputError naming the collective
void CheckPlan(const CollectivePlan& plan, const std::vector<NodeId>& ranks, std::size_t begins)
{
    const auto require = [&](bool holds, const std::string& what)
    {
        if (!holds)
        {
            throw InputError(CollectiveTypeName(plan.type) + ": needs " + what);
        }
    };
    std::vector<NodeId> hosts = ranks;
    std::sort(hosts.begin(), hosts.end());
    require(ranks.size() >= 2 && std::adjacent_find(hosts.begin(), hosts.end()) == hosts.end(),
            "at least two ranks on different hosts");
    require(plan.bytes >= 1 && plan.bytes <= MAX_FLOW_BYTES, "1 B to 1 PB");
    require(plan.channels >= 1 && plan.channels <= MAX_PARTS && plan.chunks >= 1 && plan.chunks <= MAX_PARTS,
            "1 to " + std::to_string(MAX_PARTS) + " channels, and chunks");
    require(plan.perServer >= 1 && ranks.size() % plan.perServer == 0,
            "a number of hosts per server that divides its " + std::to_string(ranks.size()) + " ranks, not " +
                std::to_string(plan.perServer));
    require(plan.type != CollectiveType::HALVING_DOUBLING || (ranks.size() & (ranks.size() - 1)) == 0,
            "a power of 2 of ranks, has " + std::to_string(ranks.size()));
    require(begins == 0 || begins == ranks.size(),
            "a task to begin after for each of its " + std::to_string(ranks.size()) + " ranks, has " +
                std::to_string(begins));
}

/// Adds the tasks of one collective.
class CollectiveMaker
{
  public:
    CollectiveMaker(Schedule& schedule,
                    const std::vector<NodeId>& ranks,
                    const CollectiveTiming& timing,
                    const std::vector<TaskId>& begin,
                    uint32_t group)
        : m_schedule(schedule),
          m_ranks(ranks),
          m_timing(timing),
          m_begin(begin),
          m_group(group)
    {
        for (const NodeId host : ranks)
        {
            m_ends.push_back(schedule.AddCompute({host, 0}));
            schedule.SetGroup(m_ends.back(), group);
        }
    }

    /// Adds the chunks of a channel, each behind the one before.
    void AddChannel(const std::vector<PatternSend>& pattern, uint32_t chunks)
    {
        std::vector<TaskId> before;
        for (uint32_t chunk = 0; chunk < chunks; chunk++)
        {
            std::vector<TaskId> flows;
            for (std::size_t i = 0; i < pattern.size(); i++)
            {
                flows.push_back(AddSend(pattern[i], flows, chunk == 0));
                if (chunk > 0)
                {
                    m_schedule.AddDependency(flows.back(), {before[i], TaskEvent::SENT, 0});
                }
            }
            before = std::move(flows);
        }
        std::vector<uint32_t> last(m_ranks.size(), PatternSend::NONE); // sends of the last chunk, by rank
        for (uint32_t i = 0; i < pattern.size(); i++)
        {
            last[pattern[i].from] = i;
        }
        for (std::size_t rank = 0; rank < m_ranks.size(); rank++)
        {
            if (last[rank] != PatternSend::NONE)
            {
                m_schedule.AddDependency(m_ends[rank], {before[last[rank]], m_timing.sent, m_timing.sentToEndNs});
            }
        }
    }

    const std::vector<TaskId>& Ends() const
    {
        return m_ends;
    }

  private:
    TaskId AddSend(const PatternSend& send, const std::vector<TaskId>& earlier, bool isFirstChunk)
    {
        const TaskId flow = m_schedule.AddFlow({m_ranks[send.from], m_ranks[send.to], send.bytes, 0});
        m_schedule.SetGroup(flow, m_group);
        for (const uint32_t place : send.after)
        {
            m_schedule.AddDependency(flow, {earlier[place], m_timing.received, m_timing.receiveToSendNs});
        }
        if (send.previous != PatternSend::NONE)
        {
            m_schedule.AddDependency(flow, {earlier[send.previous], TaskEvent::STARTED, m_timing.sendToSendNs});
        }
        else if (!m_begin.empty() && isFirstChunk)
        {
            m_schedule.AddDependency(flow, {m_begin[send.from], TaskEvent::RECEIVED, m_timing.firstSendNs});
        }
        m_schedule.AddDependency(m_ends[send.to], {flow, m_timing.received, m_timing.receiveToEndNs});
        return flow;
    }

    Schedule& m_schedule;
    const std::vector<NodeId>& m_ranks;
    const CollectiveTiming& m_timing;
    const std::vector<TaskId>& m_begin;
    const uint32_t m_group;
    std::vector<TaskId> m_ends; //!< by rank
};

/// Reads TYPE:BYTES. \throws InputError
CollectivePlan ReadPlan(const std::string& type, const std::string& bytes)
{
    std::string names;
    for (const auto& [name, value] : COLLECTIVE_TYPES)
    {
        if (type == name)
        {
            CollectivePlan plan;
            plan.type = value;
            plan.bytes = ParseBytes("--collective: bytes", bytes, 1, MAX_FLOW_BYTES);
            return plan;
        }
        names += (names.empty() ? "" : ", ") + std::string(name);
    }
    throw InputError("--collective: " + Quoted(type) + " is none of " + names);
}

/// Sets what NAME=VALUE says. \return whether there is such a name \throws InputError for a wrong value
bool SetPart(CollectiveTraffic& traffic, const std::string& name, const std::string& value, int64_t& latencyNs)
{
    const std::string full = "--collective: " + name;
    const auto number = [&](uint64_t high) { return static_cast<uint32_t>(ParseCount(full, value, 1, high)); };
    const auto time = [&]
    {
        const int64_t ns = ParseTimeNs(full, value, "us");
        if (ns > MAX_START_NS)
        {
            throw InputError(full + " must be at most 1e9 s, is " + Quoted(value));
        }
        return ns;
    };
    if (name == "group")
    {
        traffic.group = number(UINT32_MAX);
    }
    else if (name == "repeat")
    {
        traffic.repeat = number(MAX_REPEAT);
    }
    else if (name == "compute")
    {
        traffic.computeNs = time();
    }
    else if (name == "latency")
    {
        latencyNs = time();
    }
    else if (name == "channels" || name == "chunks" || name == "server")
    {
        const uint32_t count = number(name == "server" ? UINT32_MAX : MAX_PARTS);
        for (CollectivePlan& plan : traffic.plans)
        {
            (name == "channels" ? plan.channels : name == "chunks" ? plan.chunks : plan.perServer) = count;
        }
    }
    else
    {
        return false;
    }
    return true;
}

/// \throws InputError for more flows than a machine holds
void CheckFlowCount(const CollectiveTraffic& traffic, std::size_t hosts, std::size_t group)
{
    double flows = 0;
    for (const CollectivePlan& plan : traffic.plans)
    {
        const double pairs = static_cast<double>(group) * static_cast<double>(group);
        flows += 2 * pairs * plan.channels * plan.chunks; // at most
    }
    flows *= static_cast<double>(hosts / group) * traffic.repeat;
    if (flows > MAX_COLLECTIVE_FLOWS)
    {
        throw InputError(
            FormatText("--collective: up to %.3g flows are too many; at most %.3g", flows, MAX_COLLECTIVE_FLOWS));
    }
}

} // namespace

std::string CollectiveTypeName(CollectiveType type)
{
    for (const auto& [name, value] : COLLECTIVE_TYPES)
    {
        if (value == type)
        {
            return name;
        }
    }
    return "";
}

std::vector<TaskId> AddCollective(Schedule& schedule,
                                  const CollectivePlan& plan,
                                  const std::vector<NodeId>& ranks,
                                  const CollectiveTiming& timing,
                                  const std::string& name,
                                  const std::vector<TaskId>& begin)
{
    CheckPlan(plan, ranks, begin.size());
    const uint32_t group = schedule.AddGroup({name, CollectiveTypeName(plan.type) + " of " + SizeText(plan.bytes)});
    CollectiveMaker maker(schedule, ranks, timing, begin, group);
    const uint64_t parts = uint64_t{plan.channels} * plan.chunks;
    const uint64_t bytes = plan.bytes / parts + (plan.bytes % parts != 0);
    for (uint32_t channel = 0; channel < plan.channels; channel++)
    {
        maker.AddChannel(PatternOf(plan, static_cast<uint32_t>(ranks.size()), bytes, channel), plan.chunks);
    }
    return maker.Ends();
}

CollectiveTraffic CollectiveTraffic::Parse(const std::string& text)
{
    CollectiveTraffic traffic;
    const std::vector<std::string> parts = SplitList(text, ':');
    std::size_t next = 0;
    for (bool isMore = true; isMore; next++) // TYPE:BYTES+TYPE:BYTES
    {
        if (next + 1 >= parts.size())
        {
            throw InputError("--collective needs TYPE:BYTES, as in ring-allreduce:16MiB:group=16:channels=8; is " +
                             Quoted(text));
        }
        const std::string type = next == 0 ? parts[0] : parts[next].substr(parts[next].find('+') + 1);
        const std::string& bytes = parts[next + 1];
        traffic.plans.push_back(ReadPlan(type, bytes.substr(0, bytes.find('+'))));
        isMore = bytes.find('+') != std::string::npos;
    }
    next++;
    int64_t latencyNs = NO_LATENCY;
    bool isSimai = false;
    for (; next < parts.size(); next++)
    {
        const std::string& part = parts[next];
        const std::size_t equals = part.find('=');
        isSimai = isSimai || part == "simai";
        traffic.isAcross = traffic.isAcross || part == "across";
        const bool isWord = part == "simai" || part == "across";
        const std::string value = equals == std::string::npos ? "" : part.substr(equals + 1);
        if (!isWord && (equals == std::string::npos || !SetPart(traffic, part.substr(0, equals), value, latencyNs)))
        {
            throw InputError("--collective: " + Quoted(part) +
                             " is none of group=, channels=, chunks=, server=, repeat=, compute=, latency=, across, "
                             "simai");
        }
    }
    if (isSimai)
    {
        traffic.timing = latencyNs == NO_LATENCY ? SimaiTiming() : SimaiTiming(latencyNs);
    }
    else
    {
        traffic.timing.receiveToSendNs = std::max<int64_t>(0, latencyNs);
    }
    return traffic;
}

void AddCollectiveTraffic(Schedule& schedule, const CollectiveTraffic& traffic, const std::vector<NodeId>& hosts)
{
    const std::size_t size = traffic.group == 0 ? hosts.size() : traffic.group;
    if (size < 2 || hosts.size() % size != 0)
    {
        throw InputError("--collective: groups of " + std::to_string(size) +
                         " hosts need at least 2, and a number that "
                         "divides the " +
                         std::to_string(hosts.size()) + " hosts");
    }
    CheckFlowCount(traffic, hosts.size(), size);
    const std::size_t groups = hosts.size() / size;
    for (std::size_t group = 0; group < groups; group++)
    {
        std::vector<NodeId> ranks;
        for (std::size_t i = 0; i < size; i++)
        {
            ranks.push_back(hosts[traffic.isAcross ? group + i * groups : group * size + i]);
        }
        std::vector<TaskId> begin;
        for (uint32_t round = 0; round < traffic.repeat; round++)
        {
            for (const CollectivePlan& plan : traffic.plans)
            {
                if (traffic.computeNs > 0)
                {
                    std::vector<TaskId> computes;
                    for (std::size_t i = 0; i < size; i++)
                    {
                        computes.push_back(schedule.AddCompute({ranks[i], traffic.computeNs}));
                        if (!begin.empty())
                        {
                            schedule.AddDependency(computes.back(), {begin[i], TaskEvent::RECEIVED, 0});
                        }
                    }
                    begin = std::move(computes);
                }
                const std::string name = CollectiveTypeName(plan.type) + " " + std::to_string(round + 1) +
                                         " of group " + std::to_string(group);
                begin = AddCollective(schedule, plan, ranks, traffic.timing, name, begin);
            }
        }
    }
}

} // namespace ns3::m3
