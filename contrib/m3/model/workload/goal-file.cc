// SPDX-License-Identifier: GPL-2.0-only
// GOAL, the schedules of LogGOPSim: `num_ranks P`, then `rank R { ... }` with sends, receives and calculations that
// wait for each other. Rank R is host R of the network, in the order of its hosts; times are ns. A send ends with the
// last ACK, a receive with the last byte of the send of the same pair and tag, in their order. CPUs and NICs of a rank
// take no time of their own.
#include "flow-formats.h"

#include "core/text-format.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>

namespace ns3::m3
{

namespace
{

constexpr int64_t ANY_TAG = -1;

/// Reads one rank after the other.
class GoalReader
{
  public:
    GoalReader(TextReader& reader, const FabricGraph& fabric)
        : m_reader(reader),
          m_fabric(fabric)
    {
    }

    Schedule Read(InputNotes* notes)
    {
        m_reader.Require("num_ranks", 2);
        m_ranks = static_cast<uint32_t>(m_reader.Integer(1, "num_ranks", 1, UINT32_MAX - 1));
        if (m_ranks > m_fabric.Hosts().size())
        {
            m_reader.Fail("num_ranks",
                          "needs " + std::to_string(m_ranks) + " hosts, the network has " +
                              std::to_string(m_fabric.Hosts().size()));
        }
        m_group = m_schedule.AddGroup({"all ranks", "GOAL"});
        while (m_reader.Next())
        {
            ReadRank();
        }
        Match();
        if (notes && m_hasCpus)
        {
            notes->push_back(m_reader.File() +
                             ": cpu and nic are not used: what a rank does waits only for what it requires");
        }
        return Checked();
    }

  private:
    /// An operation of a rank.
    struct Operation
    {
        TaskId task;     //!< its flow; of a receive, a computation of 0 ns
        bool isReceive;  //!< a receive
        TaskEvent ended; //!< its end
    };

    /// A send or receive that has no partner yet.
    struct Message
    {
        TaskId task;
        uint64_t bytes;
        int64_t tag;
        uint64_t line;
        bool isMatched = false;
    };

    using Pair = std::pair<uint32_t, uint32_t>; //!< sending and receiving rank

    void ReadRank()
    {
        constexpr std::size_t FIELDS = 3;
        if (m_reader.Text(0) != "rank" || m_reader.Fields() != FIELDS || m_reader.Text(2) != "{")
        {
            m_reader.Fail("rank", "expected 'rank R {', found " + Quoted(m_reader.Text(0)));
        }
        m_rank = static_cast<uint32_t>(m_reader.Integer(1, "rank", 0, m_ranks - 1));
        if (!m_seen.emplace(m_rank, true).second)
        {
            m_reader.Fail("rank", "rank " + std::to_string(m_rank) + " comes twice");
        }
        m_operations.clear();
        m_requires.clear();
        while (true)
        {
            if (!m_reader.Next())
            {
                m_reader.Fail("rank", "rank " + std::to_string(m_rank) + " has no '}': the file is cut off");
            }
            if (m_reader.Text(0) == "}" && m_reader.Fields() == 1)
            {
                break;
            }
            ReadLine();
        }
        for (const Require& require : m_requires)
        {
            AddRequire(require);
        }
    }

    /// Reads an operation, or what one requires.
    void ReadLine()
    {
        constexpr std::size_t REQUIRE_FIELDS = 3;
        const bool isRequire = m_reader.Fields() == REQUIRE_FIELDS && m_reader.Text(0).back() != ':';
        if (isRequire && (m_reader.Text(1) == "requires" || m_reader.Text(1) == "irequires"))
        {
            m_requires.push_back(
                {m_reader.Text(0), m_reader.Text(2), m_reader.Text(1) == "irequires", m_reader.Line()});
            return;
        }
        std::size_t field = 0;
        std::string label;
        if (m_reader.Text(0).back() == ':')
        {
            label = m_reader.Text(0).substr(0, m_reader.Text(0).size() - 1);
            field = 1;
        }
        m_task = "rank " + std::to_string(m_rank) + (label.empty() ? "" : " " + Printable(label));
        const std::string word = field < m_reader.Fields() ? m_reader.Text(field) : "";
        const Operation operation = word == "calc"                     ? ReadCalculation(field + 1)
                                    : word == "send" || word == "recv" ? ReadMessage(field + 1, word == "send")
                                                                       : Unknown(word);
        m_schedule.SetGroup(operation.task, m_group);
        if (label.empty())
        {
            return;
        }
        m_schedule.SetName(operation.task, m_task);
        if (!m_operations.emplace(label, operation).second)
        {
            m_reader.Fail(m_task, "this label comes twice");
        }
    }

    [[noreturn]] Operation Unknown(const std::string& word) const
    {
        m_reader.Fail(m_task, Quoted(word) + " is not send, recv, calc or a label with requires");
    }

    /// A label as it may stand in a name.
    std::string Printable(const std::string& label) const
    {
        const bool isPlain = std::all_of(label.begin(), label.end(), [](char c) { return c > ' ' && c < 0x7F; });
        if (!isPlain || label.empty())
        {
            m_reader.Fail("rank " + std::to_string(m_rank), "a label needs printable characters");
        }
        return label;
    }

    NodeId Host(uint32_t rank) const
    {
        return m_fabric.Hosts()[rank];
    }

    Operation ReadCalculation(std::size_t field)
    {
        if (m_reader.Fields() <= field || !IsRestPlaces(field + 1))
        {
            m_reader.Fail(m_task, "calc needs a time");
        }
        const auto ns = static_cast<int64_t>(m_reader.Integer(field, m_task + ": calc", 0, MAX_START_NS));
        m_lines[m_schedule.Computes().size() | COMPUTE] = m_reader.Line();
        return {m_schedule.AddCompute({Host(m_rank), ns}), false, TaskEvent::RECEIVED};
    }

    /// Returns whether all that follows some fields, of which there are at least as many, is `cpu C` and `nic N`.
    bool IsRestPlaces(std::size_t field)
    {
        std::size_t next = field;
        for (; next + 1 < m_reader.Fields(); next += 2)
        {
            if (m_reader.Text(next) != "cpu" && m_reader.Text(next) != "nic")
            {
                break;
            }
            m_hasCpus =
                m_reader.Integer(next + 1, m_task + ": " + m_reader.Text(next), 0, UINT32_MAX) != 0 || m_hasCpus;
        }
        return next == m_reader.Fields();
    }

    /// Reads `<bytes>b to <rank> tag <t>`, or from.
    Operation ReadMessage(std::size_t field, bool isSend)
    {
        constexpr std::size_t LONG = 5; // with a tag
        constexpr std::size_t SHORT = 3;
        const bool hasTag = m_reader.Fields() > field + SHORT && m_reader.Text(field + SHORT) == "tag";
        const std::size_t end = field + (hasTag ? LONG : SHORT);
        if (m_reader.Fields() < end || !IsRestPlaces(end) || m_reader.Text(field + 1) != (isSend ? "to" : "from"))
        {
            m_reader.Fail(m_task,
                          std::string("expected '") + (isSend ? "send BYTESb to" : "recv BYTESb from") +
                              " RANK tag TAG'");
        }
        const auto other =
            static_cast<uint32_t>(m_reader.Integer(field + 2, m_task + ": rank", 0, uint64_t{m_ranks} - 1));
        if (other == m_rank)
        {
            m_reader.Fail(m_task, "a rank does not send to itself here");
        }
        const std::string& size = m_reader.Text(field);
        if (size.back() != 'b')
        {
            m_reader.Fail(m_task, "size: needs bytes with a b behind them, as in 8b; is " + Quoted(size));
        }
        const auto located = [&](auto parse)
        {
            try
            {
                return parse();
            }
            catch (const InputError& error)
            {
                m_reader.Fail(m_task, error.what());
            }
        };
        const uint64_t bytes = located(
            [&]
            { return ParseUnsigned("size", std::string_view(size).substr(0, size.size() - 1), 1, MAX_FLOW_BYTES); });
        const int64_t tag =
            hasTag ? located([&] { return ParseSigned("tag", m_reader.Text(field + LONG - 1), ANY_TAG); }) : 0;
        if (isSend)
        {
            m_lines[m_schedule.Flows().size()] = m_reader.Line();
            const TaskId flow = m_schedule.AddFlow({Host(m_rank), Host(other), bytes, 0});
            m_sends[{m_rank, other}].push_back({flow, bytes, tag, m_reader.Line()});
            return {flow, false, TaskEvent::SENT};
        }
        m_lines[m_schedule.Computes().size() | COMPUTE] = m_reader.Line();
        const TaskId receive = m_schedule.AddCompute({Host(m_rank), 0});
        m_receives[{other, m_rank}].push_back({receive, bytes, tag, m_reader.Line()});
        return {receive, true, TaskEvent::RECEIVED};
    }

    /// `label requires label`
    struct Require
    {
        std::string task;
        std::string on;
        bool isStart; //!< irequires
        uint64_t line;
    };

    void AddRequire(const Require& require)
    {
        const auto fail = [&](const std::string& message)
        { throw InputError(m_reader.File(), require.line, "rank " + std::to_string(m_rank), message); };
        const auto task = m_operations.find(require.task);
        const auto on = m_operations.find(require.on);
        if (task == m_operations.end() || on == m_operations.end())
        {
            fail("no operation has the label " + Quoted(task == m_operations.end() ? require.task : require.on));
        }
        if (require.isStart && on->second.isReceive)
        {
            fail("irequires a receive, whose start is not known here");
        }
        m_schedule.AddDependency(task->second.task,
                                 {on->second.task, require.isStart ? TaskEvent::STARTED : on->second.ended, 0});
    }

    /// Lets each receive wait for its send. \throws InputError for a receive without one
    void Match()
    {
        for (auto& [pair, receives] : m_receives)
        {
            std::vector<Message>& sends = m_sends[pair];
            std::map<int64_t, std::vector<std::size_t>> ofTag; // sends that are left, the last one first
            for (std::size_t i = sends.size(); i-- > 0;)
            {
                ofTag[sends[i].tag].push_back(i);
            }
            std::size_t first = 0; // no send before it is left
            for (const Message& receive : receives)
            {
                const std::optional<std::size_t> send = Partner(receive, sends, ofTag, first);
                if (!send || sends[*send].bytes != receive.bytes)
                {
                    throw InputError(m_reader.File(),
                                     receive.line,
                                     m_schedule.NameOf(receive.task),
                                     send ? "its send has " + std::to_string(sends[*send].bytes) + " bytes"
                                          : "no send of rank " + std::to_string(pair.first) + " is left for it");
                }
                sends[*send].isMatched = true;
                m_schedule.AddDependency(receive.task, {sends[*send].task, TaskEvent::RECEIVED, 0});
            }
        }
    }

    static std::optional<std::size_t> Partner(const Message& receive,
                                              const std::vector<Message>& sends,
                                              std::map<int64_t, std::vector<std::size_t>>& ofTag,
                                              std::size_t& first)
    {
        if (receive.tag == ANY_TAG)
        {
            for (; first < sends.size(); first++)
            {
                if (!sends[first].isMatched)
                {
                    return first;
                }
            }
            return {};
        }
        for (const int64_t tag : {receive.tag, ANY_TAG})
        {
            std::vector<std::size_t>& left = ofTag[tag];
            while (!left.empty() && sends[left.back()].isMatched)
            {
                left.pop_back();
            }
            if (!left.empty())
            {
                return left.back();
            }
        }
        return {};
    }

    Schedule Checked()
    {
        if (m_schedule.Flows().empty())
        {
            m_reader.Fail("", "no rank sends anything");
        }
        if (const std::vector<TaskId> cycle = FindCycle(m_schedule); !cycle.empty())
        {
            const TaskId first = cycle.front();
            throw InputError(m_reader.File(),
                             m_lines[first.IsCompute() ? first.Index() | COMPUTE : first.Index()],
                             m_schedule.NameOf(first),
                             "waits for itself: " + CycleText(m_schedule, cycle));
        }
        return std::move(m_schedule);
    }

    static constexpr uint64_t COMPUTE = uint64_t{1} << 32; //!< in m_lines: a computation

    TextReader& m_reader;
    const FabricGraph& m_fabric;
    Schedule m_schedule;
    uint32_t m_ranks = 0;
    uint32_t m_group = 0;
    uint32_t m_rank = 0; //!< that is read
    bool m_hasCpus = false;
    std::string m_task; //!< of the current line
    std::unordered_map<uint32_t, bool> m_seen;
    std::unordered_map<std::string, Operation> m_operations; //!< of the rank, by label
    std::vector<Require> m_requires;                         //!< of the rank
    std::unordered_map<uint64_t, uint64_t> m_lines;          //!< of tasks, by index
    std::map<Pair, std::vector<Message>> m_sends;
    std::map<Pair, std::vector<Message>> m_receives;
};

} // namespace

Schedule ReadGoal(TextReader& reader, const FabricGraph& fabric, StartTimes /*times*/, InputNotes* notes)
{
    return GoalReader(reader, fabric).Read(notes);
}

} // namespace ns3::m3
