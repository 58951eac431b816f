// SPDX-License-Identifier: GPL-2.0-only
// Execution traces of Chakra: a file PREFIX.RANK.et for each rank, whose nodes compute, send, receive and take part in
// collectives, and wait for others of their rank. Rank R is host R of the network, in the order of its hosts. A send
// ends with the last ACK, a receive with the last byte of the send of the same pair and tag, in their order. The n-th
// collective of a group on one rank is the n-th on all; its steps follow each other without delays, in a ring of the
// ranks in their order or, of an all-to-all, at once. What is on a rank at the same time does not share its processor.
#include "chakra-node.h"
#include "flow-formats.h"

#include "core/text-format.h"
#include "ns3/m3-collective-plan.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <unordered_map>

namespace ns3::m3
{

namespace
{

constexpr double MAX_TRACE_FLOWS = 1e8;

/// The files of all ranks beside one of them, in the order of the ranks. \throws InputError where one is missing
std::vector<std::string> TracesOfAllRanks(const std::string& file)
{
    namespace fs = std::filesystem;
    const std::size_t dot = file.rfind('.', file.size() - CHAKRA_ENDING.size() - 1);
    const auto numberIn = [](const std::string& name) -> std::optional<uint64_t>
    {
        const std::string digits = name.substr(0, name.size() - CHAKRA_ENDING.size());
        const bool isNumber = !digits.empty() && digits.size() < 10 &&
                              std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
        return isNumber ? std::optional(std::stoull(digits)) : std::nullopt;
    };
    if (dot == std::string::npos || !numberIn(file.substr(dot + 1)))
    {
        throw InputError(file, 0, "", "a trace of Chakra is named PREFIX.RANK.et, with a file for each rank");
    }
    const std::string prefix = file.substr(0, dot + 1);
    const fs::path folder = fs::path(file).parent_path();
    const std::string start = fs::path(prefix).filename().string();
    std::set<uint64_t> ranks;
    std::error_code error;
    for (const fs::directory_entry& entry : fs::directory_iterator(folder.empty() ? "." : folder, error))
    {
        const std::string name = entry.path().filename().string();
        if (name.size() > start.size() + CHAKRA_ENDING.size() && name.compare(0, start.size(), start) == 0 &&
            name.compare(name.size() - CHAKRA_ENDING.size(), CHAKRA_ENDING.size(), CHAKRA_ENDING) == 0)
        {
            const std::optional<uint64_t> rank = numberIn(name.substr(start.size()));
            if (rank)
            {
                ranks.insert(*rank);
            }
        }
    }
    if (ranks.empty())
    {
        throw InputError(file, 0, "", "its folder, which has the traces of the other ranks, cannot be listed");
    }
    std::vector<std::string> files;
    for (const uint64_t rank : ranks)
    {
        if (rank != files.size())
        {
            throw InputError(file,
                             0,
                             "",
                             "the trace of rank " + std::to_string(files.size()) + " is missing, that of rank " +
                                 std::to_string(rank) + " is there");
        }
        files.push_back(prefix + std::to_string(rank) + std::string(CHAKRA_ENDING));
    }
    return files;
}

/// Reads the traces of all ranks and makes their tasks.
class ChakraReader
{
  public:
    ChakraReader(const std::string& file, const FabricGraph& fabric)
        : m_files(TracesOfAllRanks(file)),
          m_fabric(fabric)
    {
        if (m_files.size() > m_fabric.Hosts().size())
        {
            throw InputError(file,
                             0,
                             "",
                             "the traces of " + std::to_string(m_files.size()) +
                                 " ranks need as many hosts, the network has " +
                                 std::to_string(m_fabric.Hosts().size()));
        }
    }

    Schedule Read(InputNotes* notes)
    {
        m_group = m_schedule.AddGroup({"all ranks", "Chakra"});
        for (uint32_t rank = 0; rank < m_files.size(); rank++)
        {
            m_ranks.push_back({ReadChakraNodes(m_files[rank]), {}, {}});
            for (std::size_t i = 0; i < m_ranks[rank].nodes.size(); i++)
            {
                AddNode(rank, i);
            }
        }
        for (const auto& [name, collectives] : m_collectives)
        {
            AddCollectives(name, collectives);
        }
        for (uint32_t rank = 0; rank < m_ranks.size(); rank++)
        {
            AddDependencies(rank);
        }
        Match();
        if (notes && m_withoutDuration > 0)
        {
            notes->push_back(m_files.front() + ": " + std::to_string(m_withoutDuration) +
                             " computations and memory accesses of all ranks have no duration and take no time");
        }
        return CheckedSchedule();
    }

  private:
    /// The nodes of a rank and the tasks that they became.
    struct Rank
    {
        std::vector<ChakraNode> nodes;
        std::vector<TaskId> begins;                     //!< by place: what waits for others
        std::vector<std::pair<TaskId, TaskEvent>> ends; //!< by place: what others wait for
    };

    /// A send that no receive has, in the order of the trace.
    struct TracedSend
    {
        TaskId flow;
        uint64_t bytes;
    };

    /// A node and its place among those of its rank.
    struct TracedNode
    {
        uint32_t rank;
        std::size_t place;
    };

    using Channel = std::tuple<uint32_t, uint32_t, int64_t>; //!< from, to, tag
    using PlacesByRank = std::map<uint32_t, std::vector<std::size_t>>;

    const ChakraNode& NodeAt(uint32_t rank, std::size_t place) const
    {
        return m_ranks[rank].nodes[place];
    }

    [[noreturn]] void Fail(uint32_t rank, const ChakraNode& node, const std::string& message) const
    {
        throw InputError(m_files[rank], 0, "node " + std::to_string(node.id), message);
    }

    NodeId Host(uint32_t rank) const
    {
        return m_fabric.Hosts()[rank];
    }

    /// What an attribute says. \throws InputError where it is not there or out of its range
    uint64_t Value(uint32_t rank,
                   const ChakraNode& node,
                   const std::optional<int64_t>& value,
                   const std::string& name,
                   uint64_t max) const
    {
        if (!value)
        {
            Fail(rank, node, "needs the attribute " + name);
        }
        if (*value < 0 || static_cast<uint64_t>(*value) > max)
        {
            Fail(rank,
                 node,
                 name + " must be a whole number from 0 to " + std::to_string(max) + ", is " + std::to_string(*value));
        }
        return static_cast<uint64_t>(*value);
    }

    /// The other rank of a send or receive.
    uint32_t Other(uint32_t rank, const ChakraNode& node, const std::optional<int64_t>& value, const char* name) const
    {
        const auto other = static_cast<uint32_t>(Value(rank, node, value, name, m_files.size() - 1));
        if (other == rank)
        {
            Fail(rank, node, "a rank does not send to itself here");
        }
        return other;
    }

    void AddNode(uint32_t rank, std::size_t place)
    {
        const ChakraNode& node = NodeAt(rank, place);
        const bool isSend = node.type == ChakraNodeType::SEND;
        const bool isReceive = node.type == ChakraNodeType::RECEIVE;
        const bool isCollective = node.type == ChakraNodeType::COLLECTIVE;
        const bool isLocal = !isSend && !isReceive && !isCollective;
        const TaskId task =
            isSend ? AddSend(rank, node) : m_schedule.AddCompute({Host(rank), isLocal ? node.durationNs : 0});
        if (isReceive)
        {
            m_receives[{Other(rank, node, node.from, "comm_src"), rank, node.tag}].push_back({rank, place});
        }
        else if (isCollective)
        {
            m_collectives[node.group][rank].push_back(place);
        }
        m_withoutDuration += isLocal && node.durationNs == 0 && node.type != ChakraNodeType::METADATA;
        m_schedule.SetGroup(task, m_group);
        m_schedule.SetName(task, "rank " + std::to_string(rank) + " node " + std::to_string(node.id));
        m_ranks[rank].begins.push_back(task);
        m_ranks[rank].ends.emplace_back(task, isSend ? TaskEvent::SENT : TaskEvent::RECEIVED);
    }

    TaskId AddSend(uint32_t rank, const ChakraNode& node)
    {
        const uint32_t to = Other(rank, node, node.to, "comm_dst");
        const uint64_t bytes = Value(rank, node, node.bytes, "comm_size", MAX_FLOW_BYTES);
        if (bytes == 0)
        {
            Fail(rank, node, "comm_size of a send must be above 0");
        }
        const TaskId flow = m_schedule.AddFlow({Host(rank), Host(to), bytes, 0});
        m_sends[{rank, to, node.tag}].push_back({flow, bytes});
        return flow;
    }

    /// The collectives of a group. \param places of its nodes on each rank, in their order
    void AddCollectives(const std::string& name, PlacesByRank places)
    {
        const std::string group = name.empty() ? "" : " in the group " + Quoted(name);
        if (name.empty())
        {
            for (uint32_t rank = 0; rank < m_files.size(); rank++)
            {
                places[rank]; // of all ranks
            }
        }
        const auto most =
            std::max_element(places.begin(),
                             places.end(),
                             [](const auto& a, const auto& b) { return a.second.size() < b.second.size(); });
        for (const auto& [rank, ofRank] : places)
        {
            if (ofRank.size() < most->second.size())
            {
                Fail(most->first,
                     NodeAt(most->first, most->second[ofRank.size()]),
                     "is collective " + std::to_string(ofRank.size() + 1) + group + ", of which rank " +
                         std::to_string(rank) + " has " + std::to_string(ofRank.size()));
            }
        }
        for (std::size_t i = 0; i < most->second.size(); i++)
        {
            std::vector<TracedNode> members;
            for (const auto& [rank, ofRank] : places)
            {
                members.push_back({rank, ofRank[i]});
            }
            AddCollectiveOf(members, group);
        }
    }

    static CollectiveType TypeOf(uint64_t type)
    {
        constexpr uint64_t ALL_GATHER = 2;
        constexpr uint64_t BROADCAST = 5;
        constexpr uint64_t ALL_TO_ALL = 6;
        constexpr uint64_t ALL_REDUCE = 0;
        return type == ALL_REDUCE   ? CollectiveType::RING_ALL_REDUCE
               : type == ALL_GATHER ? CollectiveType::ALL_GATHER
               : type == BROADCAST  ? CollectiveType::BROADCAST
               : type == ALL_TO_ALL ? CollectiveType::ALL_TO_ALL
                                    : CollectiveType::REDUCE_SCATTER;
    }

    /// \throws InputError for a collective that is not made here, and where ranks differ
    void CheckMember(const TracedNode& first, const TracedNode& member) const
    {
        constexpr uint64_t MADE[] = {0, 2, 5, 6, 7, 8};
        constexpr uint64_t LAST_TYPE = 9;
        const ChakraNode& node = NodeAt(member.rank, member.place);
        const ChakraNode& other = NodeAt(first.rank, first.place);
        const uint64_t type = Value(member.rank, node, node.collective, "comm_type", LAST_TYPE);
        if (std::find(std::begin(MADE), std::end(MADE), type) == std::end(MADE))
        {
            Fail(member.rank,
                 node,
                 "comm_type " + std::to_string(type) +
                     " is not made: there are all-reduce (0), all-gather (2), broadcast (5), all-to-all (6) and "
                     "reduce-scatter (7, 8)");
        }
        if (node.isPartOfDimensions && node.group.empty())
        {
            Fail(member.rank,
                 node,
                 "involved_dim names some dimensions of a network that has no dimensions here: pg_name is needed");
        }
        Value(member.rank, node, node.bytes, "comm_size", MAX_FLOW_BYTES);
        if (node.collective != other.collective || node.bytes != other.bytes)
        {
            Fail(member.rank,
                 node,
                 "comm_type or comm_size differ from those of node " + std::to_string(other.id) + " of rank " +
                     std::to_string(first.rank) + ", which is the same collective");
        }
    }

    void AddCollectiveOf(const std::vector<TracedNode>& members, const std::string& group)
    {
        std::vector<NodeId> hosts;
        std::vector<TaskId> begins;
        for (const TracedNode& member : members)
        {
            CheckMember(members.front(), member);
            hosts.push_back(Host(member.rank));
            begins.push_back(m_ranks[member.rank].begins[member.place]);
        }
        const TracedNode& first = members.front();
        const ChakraNode& node = NodeAt(first.rank, first.place);
        if (members.size() < 2 || *node.bytes == 0)
        {
            return; // nothing is sent
        }
        CollectivePlan plan;
        plan.type = TypeOf(static_cast<uint64_t>(*node.collective));
        plan.bytes = static_cast<uint64_t>(*node.bytes);
        if (plan.type == CollectiveType::ALL_GATHER) // the trace has what each rank gives
        {
            if (plan.bytes > MAX_FLOW_BYTES / members.size())
            {
                Fail(first.rank, node, "comm_size of all ranks together is above 1 PB");
            }
            plan.bytes *= members.size();
        }
        const auto size = static_cast<double>(members.size());
        m_flows += plan.type == CollectiveType::BROADCAST ? size : 2 * size * (size - 1);
        if (m_flows > MAX_TRACE_FLOWS)
        {
            Fail(first.rank, node, FormatText("up to %.3g flows are too many", m_flows));
        }
        const std::string name = CollectiveTypeName(plan.type) + " " + std::to_string(node.id) + group + " of ranks " +
                                 std::to_string(first.rank) + " to " + std::to_string(members.back().rank);
        const std::vector<TaskId> ends = AddCollective(m_schedule, plan, hosts, {}, name, begins);
        for (std::size_t i = 0; i < members.size(); i++)
        {
            // of the group of all ranks, which ends with its collectives
            const TaskId end = m_schedule.AddCompute({hosts[i], 0});
            m_schedule.SetGroup(end, m_group);
            m_schedule.SetName(end, m_schedule.NameOf(begins[i]) + ", end");
            m_schedule.AddDependency(end, {ends[i], TaskEvent::RECEIVED, 0});
            m_schedule.AddDependency(end, {begins[i], TaskEvent::RECEIVED, 0}); // also of one that sends nothing
            m_ranks[members[i].rank].ends[members[i].place].first = end;
        }
    }

    void AddDependencies(uint32_t number)
    {
        const Rank& rank = m_ranks[number];
        std::unordered_map<uint64_t, std::size_t> placeOf;
        for (std::size_t i = 0; i < rank.nodes.size(); i++)
        {
            placeOf[rank.nodes[i].id] = i;
        }
        for (std::size_t i = 0; i < rank.nodes.size(); i++)
        {
            for (const uint64_t id : rank.nodes[i].dependencies)
            {
                const auto place = placeOf.find(id);
                if (place == placeOf.end())
                {
                    Fail(number, rank.nodes[i], "waits for node " + std::to_string(id) + ", which is not in the file");
                }
                const auto& [task, event] = rank.ends[place->second];
                m_schedule.AddDependency(rank.begins[i], {task, event, 0});
            }
        }
    }

    /// Lets each receive wait for its send. \throws InputError for a receive without one, or of another size
    void Match()
    {
        for (const auto& [channel, receives] : m_receives)
        {
            const std::vector<TracedSend>& sends = m_sends[channel];
            for (std::size_t i = 0; i < receives.size(); i++)
            {
                const auto& [rank, place] = receives[i];
                const ChakraNode& node = NodeAt(rank, place);
                if (i >= sends.size())
                {
                    Fail(rank,
                         node,
                         "no send of rank " + std::to_string(std::get<0>(channel)) + " with tag " +
                             std::to_string(node.tag) + " is left for it");
                }
                if (node.bytes && static_cast<uint64_t>(*node.bytes) != sends[i].bytes)
                {
                    Fail(rank,
                         node,
                         "comm_size is " + std::to_string(*node.bytes) + ", its send has " +
                             std::to_string(sends[i].bytes) + " bytes");
                }
                m_schedule.AddDependency(m_ranks[rank].begins[place], {sends[i].flow, TaskEvent::RECEIVED, 0});
            }
        }
    }

    Schedule CheckedSchedule()
    {
        if (m_schedule.Flows().empty())
        {
            throw InputError(m_files.front(), 0, "", "no rank sends anything to another one");
        }
        const std::vector<TaskId> cycle = FindCycle(m_schedule);
        std::vector<bool> isInCycle(m_schedule.TaskCount());
        for (const TaskId task : cycle)
        {
            isInCycle[m_schedule.PlaceOf(task)] = true;
        }
        for (uint32_t rank = 0; rank < m_ranks.size() && !cycle.empty(); rank++)
        {
            for (std::size_t i = 0; i < m_ranks[rank].nodes.size(); i++)
            {
                if (isInCycle[m_schedule.PlaceOf(m_ranks[rank].begins[i])])
                {
                    Fail(rank, NodeAt(rank, i), "waits for itself: " + CycleText(m_schedule, cycle));
                }
            }
        }
        return std::move(m_schedule);
    }

    const std::vector<std::string> m_files; //!< by rank
    const FabricGraph& m_fabric;
    Schedule m_schedule;
    uint32_t m_group = 0;
    double m_flows = 0;             //!< of collectives, at most
    uint64_t m_withoutDuration = 0; //!< nodes that take no time
    std::vector<Rank> m_ranks;
    std::map<Channel, std::vector<TracedSend>> m_sends;
    std::map<Channel, std::vector<TracedNode>> m_receives;
    std::map<std::string, PlacesByRank> m_collectives; //!< by group
};

} // namespace

Schedule ReadChakraTraces(TextReader& reader, const FabricGraph& fabric, StartTimes /*times*/, InputNotes* notes)
{
    return ChakraReader(reader.File(), fabric).Read(notes);
}

} // namespace ns3::m3
