// SPDX-License-Identifier: GPL-2.0-only
// This module's own format of schedules: a line per group, flow, computation and dependency (docs/file-formats.md).
// Names have blanks, '%' and '#' as % and two hex digits; tasks without a name are flow.N and compute.N by their number
// among those.
#include "flow-file.h"
#include "flow-formats.h"

#include "core/text-format.h"
#include "fabric/route-errors.h"
#include "ns3/m3-numbers.h"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <unordered_map>
#include <unordered_set>

namespace ns3::m3
{

namespace
{

constexpr std::array<const char*, 3> EVENT_WORDS = {"started", "sent", "received"}; // as TaskEvent
constexpr const char* FLOW_PREFIX = "flow.";
constexpr const char* COMPUTE_PREFIX = "compute.";
constexpr const char* VERSION = "1";
constexpr uint64_t LAST_CLASS = 7;

bool IsControl(char c)
{
    return static_cast<unsigned char>(c) < ' ' || c == 0x7F;
}

/// A name as a word. \throws InputError for control characters
std::string WordOf(const std::string& name)
{
    constexpr std::string_view ESCAPED = " %#";
    std::string word;
    for (const char c : name)
    {
        if (IsControl(c))
        {
            throw InputError("the name " + Quoted(name) + " has a control character and cannot be written");
        }
        const bool isEscaped = ESCAPED.find(c) != std::string_view::npos;
        word += isEscaped ? FormatText("%%%02X", static_cast<unsigned>(c)) : std::string(1, c);
    }
    return word;
}

bool StartsWith(std::string_view text, std::string_view begin)
{
    return text.substr(0, begin.size()) == begin;
}

/// Reads one line after the other.
class ScheduleReader
{
  public:
    ScheduleReader(TextReader& reader, const FabricGraph& fabric)
        : m_reader(reader),
          m_fabric(fabric)
    {
    }

    Schedule Read(InputNotes* notes)
    {
        m_reader.Require("header", 2);
        if (m_reader.Text(1) != VERSION)
        {
            m_reader.Fail("version", "must be " + std::string(VERSION) + ", is " + Quoted(m_reader.Text(1)));
        }
        while (!IsEnd())
        {
            const std::string& word = m_reader.Text(0);
            if (word == "group")
            {
                ReadGroup();
            }
            else if (word == "flow")
            {
                ReadFlow();
            }
            else if (word == "compute")
            {
                ReadCompute();
            }
            else if (word == "after")
            {
                ReadDependency();
            }
            else
            {
                m_reader.Fail("line", "begins with " + Quoted(word) + ", not with group, flow, compute, after or end");
            }
        }
        m_reader.End(notes, "the line 'end'");
        return Checked();
    }

  private:
    bool IsEnd()
    {
        if (!m_reader.Next())
        {
            m_reader.Fail("end", "missing: the last line must be 'end', so this file is cut off");
        }
        return m_reader.Text(0) == "end" && m_reader.Fields() == 1;
    }

    /// \throws InputError for less fields, options that are not known, and options that come twice
    void CheckFields(std::size_t fields, const char* what, std::initializer_list<std::string_view> options)
    {
        m_task = m_reader.Fields() > 1 ? Quoted(m_reader.Text(1)) : "line";
        if (m_reader.Fields() < fields)
        {
            m_reader.Fail(m_task, "has " + std::to_string(m_reader.Fields()) + " fields; needs " + what);
        }
        m_options.clear();
        for (std::size_t i = fields; i < m_reader.Fields(); i++)
        {
            const std::string& text = m_reader.Text(i);
            const std::size_t equals = text.find('=');
            const std::string name = text.substr(0, equals);
            if (equals == std::string::npos || std::find(options.begin(), options.end(), name) == options.end())
            {
                m_reader.Fail(m_task, Quoted(text) + " is not expected; needs " + what);
            }
            if (!m_options.emplace(name, text.substr(equals + 1)).second)
            {
                m_reader.Fail(m_task, name + "= comes twice");
            }
        }
    }

    /// Calls a parser, whose errors get the place in the file and the task.
    template <typename Parse>
    auto Located(Parse parse) const
    {
        try
        {
            return parse();
        }
        catch (const InputError& error)
        {
            m_reader.Fail(m_task, error.what());
        }
    }

    const std::string* Option(const char* name) const
    {
        const auto found = m_options.find(name);
        return found == m_options.end() ? nullptr : &found->second;
    }

    int64_t Time(const char* name, const std::string& text) const
    {
        const int64_t ns = Located([&] { return ParseTimeNs(name, text, "ns"); });
        if (ns > MAX_START_NS)
        {
            m_reader.Fail(m_task, std::string(name) + ": must be at most 1e9 s, is " + Quoted(text));
        }
        return ns;
    }

    NodeId Host(std::size_t field, const char* name) const
    {
        const auto node =
            static_cast<NodeId>(Located([&] { return ParseUnsigned(name, m_reader.Text(field), 0, UINT32_MAX); }));
        if (node >= m_fabric.NodeCount() || !m_fabric.IsHost(node))
        {
            m_reader.Fail(m_task, std::string(name) + ": " + NoHostText(m_fabric, node));
        }
        return node;
    }

    std::string Decoded(const std::string& word) const
    {
        constexpr std::string_view HEX = "0123456789ABCDEF";
        std::string name;
        for (std::size_t i = 0; i < word.size(); i++)
        {
            char c = word[i];
            if (c == '%')
            {
                const std::size_t high = i + 2 < word.size() ? HEX.find(word[i + 1]) : std::string_view::npos;
                const std::size_t low = i + 2 < word.size() ? HEX.find(word[i + 2]) : std::string_view::npos;
                if (high == std::string_view::npos || low == std::string_view::npos)
                {
                    m_reader.Fail(m_task, "name: needs two digits 0 to 9 or A to F behind each %");
                }
                c = static_cast<char>(16 * high + low);
                i += 2;
            }
            if (IsControl(c))
            {
                m_reader.Fail(m_task, "name: has a control character");
            }
            name += c;
        }
        return name;
    }

    /// The number of a task without a name, as in flow.3.
    std::optional<uint64_t> NumberOf(const std::string& word, const char* prefix) const
    {
        if (!StartsWith(word, prefix))
        {
            return {};
        }
        const std::string digits = word.substr(std::string_view(prefix).size());
        return Located([&] { return ParseUnsigned(prefix + std::string("N"), digits, 0, Schedule::MAX_TASKS); });
    }

    /// Gives a task its name. \param number of it among its kind
    void Name(TaskId task, const char* prefix)
    {
        const std::string& word = m_reader.Text(1);
        const char* const otherPrefix = task.IsCompute() ? FLOW_PREFIX : COMPUTE_PREFIX;
        const std::optional<uint64_t> number = NumberOf(word, prefix);
        if (StartsWith(word, otherPrefix) || (number && *number != task.Index()))
        {
            m_reader.Fail(m_task, "name: this one is " + (prefix + std::to_string(task.Index())));
        }
        if (number)
        {
            return;
        }
        const std::string name = Decoded(word);
        if (!m_tasks.emplace(name, task).second)
        {
            m_reader.Fail(m_task, "name: an earlier task has it");
        }
        m_schedule.SetName(task, name);
    }

    /// \throws InputError where no line before names the task
    TaskId Task(std::size_t field) const
    {
        const std::string& word = m_reader.Text(field);
        const std::optional<uint64_t> flow = NumberOf(word, FLOW_PREFIX);
        const std::optional<uint64_t> compute = NumberOf(word, COMPUTE_PREFIX);
        if (flow && *flow < m_schedule.Flows().size())
        {
            return TaskId::OfFlow(static_cast<uint32_t>(*flow));
        }
        if (compute && *compute < m_schedule.Computes().size())
        {
            return TaskId::OfCompute(static_cast<uint32_t>(*compute));
        }
        const auto found = flow || compute ? m_tasks.end() : m_tasks.find(Decoded(word));
        if (found == m_tasks.end())
        {
            m_reader.Fail(m_task,
                          (field == 1 ? "" : "waits for " + Quoted(word) + ": ") +
                              std::string("no line before this one has a flow or computation of this name"));
        }
        return found->second;
    }

    void SetGroup(TaskId task)
    {
        if (const std::string* id = Option("group"))
        {
            const auto found = m_groups.find(*id);
            if (found == m_groups.end())
            {
                m_reader.Fail(m_task, "group: no line before this one has the group " + Quoted(*id));
            }
            m_schedule.SetGroup(task, found->second);
        }
    }

    int64_t Start() const
    {
        const std::string* text = Option("start");
        return text ? Time("start", *text) : 0;
    }

    void ReadGroup()
    {
        CheckFields(2, "group ID, then kind= and name=", {"kind", "name"});
        const std::string& id = m_reader.Text(1);
        const std::string* name = Option("name");
        const std::string* kind = Option("kind");
        TaskGroup group;
        group.name = Decoded(name ? *name : id);
        group.kind = kind ? Decoded(*kind) : group.name;
        if (!m_groups.emplace(id, m_schedule.AddGroup(group)).second)
        {
            m_reader.Fail(m_task, "group: an earlier one has this id");
        }
    }

    void ReadFlow()
    {
        CheckFields(5,
                    "flow NAME SRC DST BYTES, then start=, class=, dport= and group=",
                    {"start", "class", "dport", "group"});
        Flow flow{Host(2, "src"), Host(3, "dst"), 0, Start()};
        if (flow.src == flow.dst)
        {
            m_reader.Fail(m_task, "dst: is the source itself");
        }
        flow.sizeBytes = Located([&] { return ParseBytes("size", m_reader.Text(4), 1, MAX_FLOW_BYTES); });
        if (const std::string* text = Option("class"))
        {
            flow.priorityGroup =
                static_cast<uint8_t>(Located([&] { return ParseUnsigned("class", *text, 0, LAST_CLASS); }));
        }
        if (const std::string* text = Option("dport"))
        {
            flow.dstPort = static_cast<uint16_t>(Located([&] { return ParseUnsigned("dport", *text, 0, UINT16_MAX); }));
        }
        const TaskId task = m_schedule.AddFlow(flow);
        Name(task, FLOW_PREFIX);
        SetGroup(task);
        m_flowLines.push_back(m_reader.Line());
    }

    void ReadCompute()
    {
        CheckFields(4, "compute NAME HOST DURATION, then start= and group=", {"start", "group"});
        const Compute compute{Host(2, "host"), Time("duration", m_reader.Text(3)), Start()};
        const TaskId task = m_schedule.AddCompute(compute);
        Name(task, COMPUTE_PREFIX);
        SetGroup(task);
        m_computeLines.push_back(m_reader.Line());
    }

    void ReadDependency()
    {
        constexpr std::size_t FIELDS = 4;
        const char* const what = "after TASK PREDECESSOR started|sent|received, then a delay";
        const std::size_t fields = std::max<std::size_t>(FIELDS, std::min<std::size_t>(m_reader.Fields(), FIELDS + 1));
        CheckFields(fields, what, {});
        const TaskId task = Task(1);
        const TaskId predecessor = Task(2);
        const auto event = std::find(EVENT_WORDS.begin(), EVENT_WORDS.end(), m_reader.Text(3));
        if (event == EVENT_WORDS.end())
        {
            m_reader.Fail(m_task, Quoted(m_reader.Text(3)) + " is not started, sent or received");
        }
        const int64_t delay = fields > FIELDS ? Time("delay", m_reader.Text(FIELDS)) : 0;
        m_schedule.AddDependency(task, {predecessor, static_cast<TaskEvent>(event - EVENT_WORDS.begin()), delay});
    }

    Schedule Checked()
    {
        if (const std::vector<TaskId> cycle = FindCycle(m_schedule); !cycle.empty())
        {
            const TaskId first = cycle.front();
            throw InputError(m_reader.File(),
                             (first.IsCompute() ? m_computeLines : m_flowLines)[first.Index()],
                             Quoted(m_schedule.NameOf(first)),
                             "waits for itself: " + CycleText(m_schedule, cycle));
        }
        if (m_schedule.Dependencies().empty())
        {
            m_schedule.SortByStart();
        }
        return std::move(m_schedule);
    }

    TextReader& m_reader;
    const FabricGraph& m_fabric;
    Schedule m_schedule;
    std::unordered_map<std::string, TaskId> m_tasks;    //!< those that have a name
    std::unordered_map<std::string, uint32_t> m_groups; //!< by id
    std::vector<uint64_t> m_flowLines;
    std::vector<uint64_t> m_computeLines;
    std::string m_task;                                     //!< of the current line
    std::unordered_map<std::string, std::string> m_options; //!< of the current line
};

/// Writes one line after the other.
class ScheduleWriter
{
  public:
    explicit ScheduleWriter(const Schedule& schedule)
        : m_schedule(schedule)
    {
    }

    void Write(std::ostream& out)
    {
        out << SCHEDULE_WORD << ' ' << VERSION << '\n';
        for (std::size_t i = 0; i < m_schedule.Groups().size(); i++)
        {
            const TaskGroup& group = m_schedule.Groups()[i];
            out << "group " << i << " kind=" << WordOf(group.kind) << " name=" << WordOf(group.name) << '\n';
        }
        for (uint32_t i = 0; i < m_schedule.Flows().size(); i++)
        {
            const Flow& flow = m_schedule.Flows()[i];
            const TaskId task = TaskId::OfFlow(i);
            out << "flow " << NewNameOf(task) << ' ' << flow.src << ' ' << flow.dst << ' ' << flow.sizeBytes;
            WriteStart(flow.startNs, out);
            if (flow.priorityGroup != Flow().priorityGroup)
            {
                out << " class=" << unsigned{flow.priorityGroup};
            }
            if (flow.dstPort != Flow().dstPort)
            {
                out << " dport=" << flow.dstPort;
            }
            WriteGroup(task, out);
        }
        for (uint32_t i = 0; i < m_schedule.Computes().size(); i++)
        {
            const Compute& compute = m_schedule.Computes()[i];
            const TaskId task = TaskId::OfCompute(i);
            out << "compute " << NewNameOf(task) << ' ' << compute.host << ' ' << compute.durationNs << "ns";
            WriteStart(compute.startNs, out);
            WriteGroup(task, out);
        }
        for (const Schedule::Edge& edge : m_schedule.Dependencies())
        {
            const Dependency& on = edge.dependency;
            out << "after " << NameOf(edge.task) << ' ' << NameOf(on.predecessor) << ' '
                << EVENT_WORDS.at(static_cast<std::size_t>(on.event));
            out << (on.delayNs != 0 ? ' ' + std::to_string(on.delayNs) + "ns\n" : "\n");
        }
        out << "end\n";
    }

  private:
    std::string NameOf(TaskId task) const
    {
        const std::string name = m_schedule.NameOf(task);
        const std::string number = std::to_string(task.Index());
        const std::string prefix = task.IsCompute() ? COMPUTE_PREFIX : FLOW_PREFIX;
        if (name == prefix.substr(0, prefix.size() - 1) + ' ' + number)
        {
            return prefix + number;
        }
        std::string word = WordOf(name);
        if (StartsWith(word, FLOW_PREFIX) || StartsWith(word, COMPUTE_PREFIX))
        {
            word.replace(word.find('.'), 1, "%2E"); // not the number of a task
        }
        return word;
    }

    /// \throws InputError where a task has had it
    std::string NewNameOf(TaskId task)
    {
        std::string word = NameOf(task);
        if (!m_names.insert(word).second)
        {
            throw InputError("two tasks have the name " + Quoted(m_schedule.NameOf(task)) +
                             ": a file needs one for each");
        }
        return word;
    }

    static void WriteStart(int64_t ns, std::ostream& out)
    {
        if (ns != 0)
        {
            out << " start=" << ns << "ns";
        }
    }

    void WriteGroup(TaskId task, std::ostream& out) const
    {
        const uint32_t group = m_schedule.GroupOf(task);
        out << (group == Schedule::NO_GROUP ? "\n" : " group=" + std::to_string(group) + '\n');
    }

    const Schedule& m_schedule;
    std::unordered_set<std::string> m_names;
};

} // namespace

Schedule ReadSchedule(TextReader& reader, const FabricGraph& fabric, StartTimes /*times*/, InputNotes* notes)
{
    return ScheduleReader(reader, fabric).Read(notes);
}

void WriteSchedule(const Schedule& schedule, const std::string& file)
{
    ScheduleWriter writer(schedule);
    WriteWholeFile(file, [&](std::ostream& out) { writer.Write(out); });
}

} // namespace ns3::m3
