// SPDX-License-Identifier: GPL-2.0-only
// htsim's connection matrices (.cm): `Nodes n`, `Connections c`, `Triggers t`, then a line per connection, whose start
// is a time in ps or a trigger, and a line per trigger. Node i is host i of the network, in the order of its hosts.
// Triggers fire what waits for them when connections are sent or received; those whose effect depends on the order in
// which connections end are refused.
#include "flow-formats.h"

#include "core/text-format.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <map>
#include <optional>
#include <vector>

namespace ns3::m3
{

namespace
{

/// Reads one line after the other.
class ConnectionReader
{
  public:
    ConnectionReader(TextReader& reader, const FabricGraph& fabric)
        : m_reader(reader),
          m_fabric(fabric)
    {
    }

    Schedule Read()
    {
        m_nodes = Header("Nodes", 1, UINT32_MAX - 1);
        if (m_nodes > m_fabric.Hosts().size())
        {
            m_reader.Fail("Nodes",
                          "needs " + std::to_string(m_nodes) + " hosts, the network has " +
                              std::to_string(m_fabric.Hosts().size()));
        }
        const uint64_t connections = Header("Connections", 1, Schedule::MAX_TASKS);
        while (m_reader.Next())
        {
            ReadLine();
        }
        CheckCount("Connections", connections, m_schedule.Flows().size());
        CheckCount("Triggers", m_triggerCount, m_kinds.size());
        for (const auto& [id, trigger] : m_triggers)
        {
            Connect(id, trigger);
        }
        if (const std::vector<TaskId> cycle = FindCycle(m_schedule); !cycle.empty())
        {
            throw InputError(m_reader.File(),
                             m_lines[cycle.front().Index()],
                             m_schedule.NameOf(cycle.front()),
                             "waits for itself: " + CycleText(m_schedule, cycle));
        }
        if (m_schedule.Dependencies().empty())
        {
            m_schedule.SortByStart();
        }
        return std::move(m_schedule);
    }

  private:
    /// What fires a trigger, and what it starts.
    struct TriggerUse
    {
        std::vector<std::pair<TaskId, TaskEvent>> activators;
        std::vector<TaskId> targets;
        uint64_t line = 0; //!< where it is used first
    };

    /// How a trigger fires.
    struct TriggerKind
    {
        std::string word;
        uint64_t count; //!< of a barrier
    };

    uint64_t Header(const char* name, uint64_t low, uint64_t high)
    {
        m_reader.Require(name, 2);
        if (m_reader.Text(0) != name)
        {
            m_reader.Fail(name, "expected here, found " + Quoted(m_reader.Text(0)));
        }
        return m_reader.Integer(1, name, low, high);
    }

    void CheckCount(const char* name, uint64_t said, uint64_t found) const
    {
        if (said != found)
        {
            m_reader.Fail(name, "the header says " + std::to_string(said) + ", the file has " + std::to_string(found));
        }
    }

    void ReadLine()
    {
        const std::string& word = m_reader.Text(0);
        if (word == "Triggers" && m_reader.Fields() == 2)
        {
            m_triggerCount = m_reader.Integer(1, word, 0, Schedule::MAX_TASKS);
        }
        else if (word == "Failures" && m_reader.Fields() == 2)
        {
            if (m_reader.Integer(1, word) != 0)
            {
                m_reader.Fail(word, "links that fail are not read from such files");
            }
        }
        else if (word == "trigger")
        {
            ReadTrigger();
        }
        else
        {
            ReadConnection();
        }
    }

    /// `trigger id I oneshot|multishot|barrier [count K]`
    void ReadTrigger()
    {
        constexpr std::size_t FIELDS = 4;
        if (m_reader.Fields() < FIELDS || m_reader.Text(1) != "id")
        {
            m_reader.Fail("trigger", "needs 'trigger id ID oneshot|multishot|barrier'");
        }
        const uint64_t id = m_reader.Integer(2, "trigger id");
        TriggerKind kind{m_reader.Text(3), 1};
        const bool isBarrier = kind.word == "barrier";
        if (!isBarrier && kind.word != "oneshot" && kind.word != "multishot")
        {
            m_reader.Fail("trigger", Quoted(kind.word) + " is not oneshot, multishot or barrier");
        }
        if (m_reader.Fields() != FIELDS + (isBarrier ? 2 : 0) || (isBarrier && m_reader.Text(FIELDS) != "count"))
        {
            m_reader.Fail("trigger", "has fields that are not expected");
        }
        if (isBarrier)
        {
            kind.count = m_reader.Integer(FIELDS + 1, "trigger count", 1);
        }
        if (!m_kinds.emplace(id, kind).second)
        {
            m_reader.Fail("trigger", "id " + std::to_string(id) + " comes twice");
        }
    }

    NodeId Host(const std::string& text, const char* name) const
    {
        try
        {
            return m_fabric.Hosts()[ParseUnsigned(name, text, 0, m_nodes - 1)];
        }
        catch (const InputError& error)
        {
            m_reader.Fail("connection", error.what());
        }
    }

    /// `A->B [id I] (start PS | trigger I) size BYTES [send_done_trigger I] [recv_done_trigger I] [prio P]`
    void ReadConnection()
    {
        const std::string& pair = m_reader.Text(0);
        const std::size_t arrow = pair.find("->");
        if (arrow == std::string::npos)
        {
            m_reader.Fail("connection", "expected SRC->DST, found " + Quoted(pair));
        }
        Flow flow{Host(pair.substr(0, arrow), "src"), Host(pair.substr(arrow + 2), "dst"), 0, 0};
        if (flow.src == flow.dst)
        {
            m_reader.Fail("connection", "dst is the source itself");
        }
        std::map<std::string, uint64_t> values;
        for (std::size_t i = 1; i < m_reader.Fields(); i += 2)
        {
            const std::string& name = m_reader.Text(i);
            constexpr const char* KNOWN[] =
                {"id", "start", "trigger", "size", "send_done_trigger", "recv_done_trigger", "prio"};
            if (std::find(std::begin(KNOWN), std::end(KNOWN), name) == std::end(KNOWN) || i + 1 == m_reader.Fields())
            {
                m_reader.Fail("connection", Quoted(name) + " is not expected, or has no value");
            }
            if (!values.emplace(name, m_reader.Integer(i + 1, name)).second)
            {
                m_reader.Fail("connection", name + " comes twice");
            }
        }
        if (values.count("start") + values.count("trigger") != 1 || values.count("size") == 0)
        {
            m_reader.Fail("connection", "needs a size, and either a start or a trigger");
        }
        Add(flow, values);
    }

    void Add(Flow flow, const std::map<std::string, uint64_t>& values)
    {
        constexpr uint64_t PS = 1000; // of a ns
        flow.sizeBytes = values.at("size");
        if (flow.sizeBytes == 0 || flow.sizeBytes > MAX_FLOW_BYTES)
        {
            m_reader.Fail("size", "must be 1 B to 1 PB; connections without end are not read");
        }
        const auto find = [&](const char* name) -> std::optional<uint64_t>
        {
            const auto found = values.find(name);
            return found == values.end() ? std::nullopt : std::optional<uint64_t>(found->second);
        };
        flow.startNs =
            static_cast<int64_t>(find("start").value_or(0) / PS + (find("start").value_or(0) % PS >= PS / 2));
        const TaskId task = m_schedule.AddFlow(flow);
        m_lines.push_back(m_reader.Line());
        if (const auto id = find("id"))
        {
            m_schedule.SetName(task, "connection " + std::to_string(*id));
        }
        for (const auto& [name, event] :
             {std::pair("send_done_trigger", TaskEvent::SENT), std::pair("recv_done_trigger", TaskEvent::RECEIVED)})
        {
            if (const auto id = find(name))
            {
                Trigger(*id).activators.emplace_back(task, event);
            }
        }
        if (const auto id = find("trigger"))
        {
            Trigger(*id).targets.push_back(task);
        }
    }

    TriggerUse& Trigger(uint64_t id)
    {
        TriggerUse& use = m_triggers[id];
        use.line = use.line == 0 ? m_reader.Line() : use.line;
        return use;
    }

    /// Lets what a trigger starts wait for what fires it. \throws InputError where that depends on the order of events
    void Connect(uint64_t id, const TriggerUse& trigger)
    {
        const auto fail = [&](const std::string& what)
        { throw InputError(m_reader.File(), trigger.line, "trigger " + std::to_string(id), what); };
        const auto kind = m_kinds.find(id);
        if (kind == m_kinds.end())
        {
            fail("no line says what it is");
        }
        if (trigger.targets.empty())
        {
            return;
        }
        const std::size_t activations = trigger.activators.size();
        const bool isBarrier = kind->second.word == "barrier";
        if (activations == 0 || (isBarrier && activations < kind->second.count))
        {
            fail("never fires, so that what waits for it never starts");
        }
        if (isBarrier ? activations != kind->second.count : activations > 1)
        {
            fail("fires at the first of several connections to end, which a schedule cannot say");
        }
        if (kind->second.word == "multishot" && trigger.targets.size() > 1)
        {
            fail("fires once and has several connections, of which a multishot trigger starts the first alone");
        }
        for (const TaskId target : trigger.targets)
        {
            for (const auto& [task, event] : trigger.activators)
            {
                m_schedule.AddDependency(target, {task, event, 0});
            }
        }
    }

    TextReader& m_reader;
    const FabricGraph& m_fabric;
    Schedule m_schedule;
    uint64_t m_nodes = 0;
    uint64_t m_triggerCount = 0;
    std::vector<uint64_t> m_lines; //!< of flows
    std::map<uint64_t, TriggerKind> m_kinds;
    std::map<uint64_t, TriggerUse> m_triggers;
};

} // namespace

Schedule
ReadHtsimConnections(TextReader& reader, const FabricGraph& fabric, StartTimes /*times*/, InputNotes* /*notes*/)
{
    return ConnectionReader(reader, fabric).Read();
}

} // namespace ns3::m3
