// SPDX-License-Identifier: GPL-2.0-only
#include "ns3/m3-schedule.h"

#include "fabric/route-errors.h"
#include "ns3/m3-input-error.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace ns3::m3
{

namespace
{

void CheckRoom(std::size_t tasks)
{
    if (tasks >= Schedule::MAX_TASKS)
    {
        throw InputError("a schedule can have at most " + std::to_string(Schedule::MAX_TASKS) + " flows");
    }
}

template <typename Value, typename OfTasks>
const Value* Find(const OfTasks& all, TaskId task)
{
    const std::vector<Value>& values = task.IsCompute() ? all.ofComputes : all.ofFlows;
    return task.Index() < values.size() ? &values[task.Index()] : nullptr;
}

template <typename Value, typename OfTasks>
void Put(OfTasks& all, TaskId task, const Value& value, const Value& none)
{
    std::vector<Value>& values = task.IsCompute() ? all.ofComputes : all.ofFlows;
    if (task.Index() >= values.size())
    {
        values.resize(task.Index() + std::size_t{1}, none);
    }
    values[task.Index()] = value;
}

bool IsThere(const Schedule& schedule, TaskId task)
{
    return task.Index() < (task.IsCompute() ? schedule.Computes().size() : schedule.Flows().size());
}

bool IsTime(int64_t ns)
{
    return ns >= 0 && ns <= MAX_START_NS;
}

/// Sums up durations and delays. \throws InputError where they do not fit into 64 bits beside starts and ideal FCTs
class TimeSum
{
  public:
    void Add(int64_t ns)
    {
        m_ns += ns;
        if (m_ns > MAX_ALL_IDEAL_NS)
        {
            throw InputError("the computations and delays of a schedule take more than 31 years one after the other");
        }
    }

  private:
    int64_t m_ns = 0;
};

void CheckComputes(const FabricGraph& fabric, const Schedule& schedule, TimeSum& sum)
{
    for (uint32_t i = 0; i < schedule.Computes().size(); i++)
    {
        const Compute& compute = schedule.Computes()[i];
        const auto fail = [&](const std::string& what)
        { throw InputError(schedule.NameOf(TaskId::OfCompute(i)) + ": " + what); };
        if (compute.host >= fabric.NodeCount() || !fabric.IsHost(compute.host))
        {
            fail(NoHostText(fabric, compute.host));
        }
        if (!IsTime(compute.durationNs) || !IsTime(compute.startNs))
        {
            fail("needs a duration and a start of 0 to 1e9 s");
        }
        sum.Add(compute.durationNs);
    }
}

void CheckEdges(const Schedule& schedule, TimeSum& sum)
{
    for (const Schedule::Edge& edge : schedule.Dependencies())
    {
        const TaskId predecessor = edge.dependency.predecessor;
        if (!IsThere(schedule, edge.task))
        {
            throw InputError(schedule.NameOf(edge.task) + " has dependencies but is not in the schedule");
        }
        if (!IsThere(schedule, predecessor))
        {
            throw InputError(schedule.NameOf(edge.task) + ": waits for " + schedule.NameOf(predecessor) +
                             ", which is not in the schedule");
        }
        if (!IsTime(edge.dependency.delayNs))
        {
            throw InputError(schedule.NameOf(edge.task) + ": needs delays of 0 to 1e9 s");
        }
        sum.Add(edge.dependency.delayNs);
    }
}

/// \throws InputError for the group of a task that is not there
void CheckGroups(const Schedule& schedule)
{
    for (std::size_t place = 0; place < schedule.TaskCount(); place++)
    {
        const uint32_t group = schedule.GroupOf(schedule.TaskAt(place));
        if (group != Schedule::NO_GROUP && group >= schedule.Groups().size())
        {
            throw InputError(schedule.NameOf(schedule.TaskAt(place)) + ": its group " + std::to_string(group) +
                             " does not exist, there are " + std::to_string(schedule.Groups().size()));
        }
    }
}

/// Returns whether the task at each place never starts, because it waits for itself.
std::vector<bool> NeverReady(const Schedule& schedule)
{
    const std::vector<Schedule::Edge>& edges = schedule.Dependencies();
    std::vector<uint64_t> begin(schedule.TaskCount() + 1); // of the successors of each task
    std::vector<uint32_t> pending(schedule.TaskCount());
    for (const Schedule::Edge& edge : edges)
    {
        begin[schedule.PlaceOf(edge.dependency.predecessor) + 1]++;
        pending[schedule.PlaceOf(edge.task)]++;
    }
    std::partial_sum(begin.begin(), begin.end(), begin.begin());
    std::vector<uint32_t> successors(edges.size());
    std::vector<uint64_t> next = begin;
    for (const Schedule::Edge& edge : edges)
    {
        successors[next[schedule.PlaceOf(edge.dependency.predecessor)]++] =
            static_cast<uint32_t>(schedule.PlaceOf(edge.task));
    }
    std::vector<uint32_t> ready;
    std::vector<bool> left(schedule.TaskCount(), true);
    for (uint32_t place = 0; place < pending.size(); place++)
    {
        if (pending[place] == 0)
        {
            ready.push_back(place);
        }
    }
    while (!ready.empty())
    {
        const uint32_t place = ready.back();
        ready.pop_back();
        left[place] = false;
        for (uint64_t i = begin[place]; i < begin[place + 1]; i++)
        {
            if (--pending[successors[i]] == 0)
            {
                ready.push_back(successors[i]);
            }
        }
    }
    return left;
}

} // namespace

Schedule::Schedule(FlowList flows)
    : m_flows(std::move(flows))
{
}

TaskId Schedule::AddFlow(const Flow& flow)
{
    CheckRoom(m_flows.size());
    m_flows.push_back(flow);
    return TaskId::OfFlow(static_cast<uint32_t>(m_flows.size() - 1));
}

TaskId Schedule::AddCompute(const Compute& compute)
{
    CheckRoom(m_computes.size());
    m_computes.push_back(compute);
    return TaskId::OfCompute(static_cast<uint32_t>(m_computes.size() - 1));
}

void Schedule::AddDependency(TaskId task, const Dependency& dependency)
{
    m_edges.push_back({task, dependency});
}

uint32_t Schedule::AddGroup(TaskGroup group)
{
    m_groups.push_back(std::move(group));
    return static_cast<uint32_t>(m_groups.size() - 1);
}

void Schedule::SetGroup(TaskId task, uint32_t group)
{
    Put(m_groupOf, task, group, NO_GROUP);
}

void Schedule::SetName(TaskId task, const std::string& name)
{
    Put(m_names, task, name, std::string());
}

uint32_t Schedule::GroupOf(TaskId task) const
{
    const uint32_t* group = Find<uint32_t>(m_groupOf, task);
    return group ? *group : NO_GROUP;
}

std::string Schedule::NameOf(TaskId task) const
{
    const std::string* name = Find<std::string>(m_names, task);
    return name && !name->empty() ? *name : (task.IsCompute() ? "compute " : "flow ") + std::to_string(task.Index());
}

uint64_t Schedule::WaitingFlows() const
{
    std::vector<bool> waits(m_flows.size());
    for (const Edge& edge : m_edges)
    {
        if (!edge.task.IsCompute() && edge.task.Index() < waits.size())
        {
            waits[edge.task.Index()] = true;
        }
    }
    return static_cast<uint64_t>(std::count(waits.begin(), waits.end(), true));
}

void Schedule::SortByStart()
{
    std::vector<uint32_t> order(m_flows.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(),
                     order.end(),
                     [&](uint32_t a, uint32_t b) { return m_flows[a].startNs < m_flows[b].startNs; });
    const auto sorted = [&order](const auto& values, const auto& none)
    {
        auto result = values;
        for (std::size_t i = 0; i < order.size() && !values.empty(); i++)
        {
            result.resize(order.size(), none);
            result[i] = order[i] < values.size() ? values[order[i]] : none;
        }
        return result;
    };
    m_flows = sorted(m_flows, Flow());
    m_groupOf.ofFlows = sorted(m_groupOf.ofFlows, NO_GROUP);
    m_names.ofFlows = sorted(m_names.ofFlows, std::string());
}

std::vector<TaskId> FindCycle(const Schedule& schedule)
{
    if (schedule.Dependencies().empty())
    {
        return {};
    }
    const std::vector<bool> left = NeverReady(schedule);
    std::vector<std::size_t> waitsFor(schedule.TaskCount(), schedule.TaskCount());
    for (const Schedule::Edge& edge : schedule.Dependencies())
    {
        const std::size_t predecessor = schedule.PlaceOf(edge.dependency.predecessor);
        if (left[predecessor])
        {
            waitsFor[schedule.PlaceOf(edge.task)] = predecessor;
        }
    }
    const auto first = std::find(left.begin(), left.end(), true);
    if (first == left.end())
    {
        return {};
    }
    // going from predecessor to predecessor as often as there are tasks leads into a circle
    auto place = static_cast<std::size_t>(first - left.begin());
    for (std::size_t step = 0; step < schedule.TaskCount(); step++)
    {
        place = waitsFor[place];
    }
    std::vector<TaskId> cycle;
    const std::size_t begin = place;
    do
    {
        cycle.push_back(schedule.TaskAt(place));
        place = waitsFor[place];
    } while (place != begin);
    return cycle;
}

std::string CycleText(const Schedule& schedule, const std::vector<TaskId>& cycle)
{
    constexpr std::size_t NAMED = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(NAMED, cycle.size()); i++)
    {
        text += (text.empty() ? "" : ", ") + schedule.NameOf(cycle[i]) + " waits for " +
                schedule.NameOf(cycle[(i + 1) % cycle.size()]);
    }
    return text + (cycle.size() > NAMED ? ", and so on back to " + schedule.NameOf(cycle.front()) : "");
}

void CheckSchedule(const FabricGraph& fabric, const RouteTable& routes, const Schedule& schedule)
{
    const auto nameOf = [&](std::size_t flow) { return schedule.NameOf(TaskId::OfFlow(static_cast<uint32_t>(flow))); };
    CheckFlowsInOrder(fabric,
                      routes,
                      schedule.Flows(),
                      schedule.Dependencies().empty() ? FlowOrder::BY_START : FlowOrder::ANY,
                      nameOf);
    TimeSum sum;
    CheckComputes(fabric, schedule, sum);
    CheckEdges(schedule, sum);
    CheckGroups(schedule);
    if (const std::vector<TaskId> cycle = FindCycle(schedule); !cycle.empty())
    {
        throw InputError("tasks wait for each other in a circle: " + CycleText(schedule, cycle));
    }
}

Schedule PerturbStartTimes(const Schedule& schedule)
{
    const auto isMoved = [](TaskId task) { return !task.IsCompute() && task.Index() % 2 == 0; };
    FlowList flows = schedule.Flows();
    if (schedule.Dependencies().empty())
    {
        flows = PerturbStartTimes(std::move(flows));
    }
    else
    {
        for (uint32_t i = 0; i < flows.size(); i++)
        {
            flows[i].startNs += isMoved(TaskId::OfFlow(i));
        }
    }
    Schedule moved(std::move(flows));
    for (const Compute& compute : schedule.Computes())
    {
        moved.AddCompute(compute);
    }
    for (Schedule::Edge edge : schedule.Dependencies())
    {
        edge.dependency.delayNs += isMoved(edge.task);
        moved.AddDependency(edge.task, edge.dependency);
    }
    for (const TaskGroup& group : schedule.Groups())
    {
        moved.AddGroup(group);
    }
    for (std::size_t place = 0; place < schedule.TaskCount(); place++)
    {
        const TaskId task = schedule.TaskAt(place);
        if (const uint32_t group = schedule.GroupOf(task); group != Schedule::NO_GROUP)
        {
            moved.SetGroup(task, group);
        }
        if (const std::string name = schedule.NameOf(task); name != moved.NameOf(task))
        {
            moved.SetName(task, name);
        }
    }
    return moved;
}

} // namespace ns3::m3
