// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SCHEDULE_H
#define M3_SCHEDULE_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-workload
/// A task of a schedule: a flow or a computation, by its position among those.
class TaskId
{
  public:
    /// Returns the task of a flow. \param index position in Schedule::Flows(), below 2^31
    static constexpr TaskId OfFlow(uint32_t index)
    {
        return TaskId(index);
    }

    /// Returns the task of a computation. \param index position in Schedule::Computes(), below 2^31
    static constexpr TaskId OfCompute(uint32_t index)
    {
        return TaskId(index | COMPUTE);
    }

    /// Whether it is a computation.
    constexpr bool IsCompute() const
    {
        return (m_value & COMPUTE) != 0;
    }

    /// Returns the position among the flows, or among the computations.
    constexpr uint32_t Index() const
    {
        return m_value & ~COMPUTE;
    }

    /// Whether two tasks are the same one.
    constexpr bool operator==(const TaskId& other) const
    {
        return m_value == other.m_value;
    }

  private:
    static constexpr uint32_t COMPUTE = uint32_t{1} << 31;

    constexpr explicit TaskId(uint32_t value)
        : m_value(value)
    {
    }

    uint32_t m_value;
};

/// \ingroup m3-workload
/// What another task may wait for. A computation ends at its host: SENT and RECEIVED are its end.
enum class TaskEvent : uint8_t
{
    STARTED, //!< The task starts.
    SENT,    //!< The sender has the ACK of the flow's last byte.
    RECEIVED //!< The receiver has the flow's last in-order byte.
};

/// \ingroup m3-workload
/// A task starts no earlier than `delayNs` after an event of its predecessor.
struct Dependency
{
    TaskId predecessor; //!< The task that it waits for.
    TaskEvent event;    //!< What of it.
    int64_t delayNs;    //!< Time from then on, 0 to MAX_START_NS.
};

/// \ingroup m3-workload
/// A computation at a host. Computations take no resources: those of a host run at once unless one waits for another.
struct Compute
{
    NodeId host;         //!< A host of the network.
    int64_t durationNs;  //!< 0 to MAX_START_NS.
    int64_t startNs = 0; //!< It starts no earlier, 0 to MAX_START_NS.
};

/// \ingroup m3-workload
/// A named set of tasks: a collective, an iteration, a request.
struct TaskGroup
{
    std::string name; //!< As in "all-reduce 3 of ranks 0 to 15".
    std::string kind; //!< What it is one of, as in "all-reduce 16 MiB": reports have a distribution for each kind.
};

/**
 * \ingroup m3-workload
 * Flows and computations, some of which wait for others: the traffic of a training step, of storage or of a service.
 * A task without predecessors starts at its earliest start. Any other starts when all of its dependencies allow it,
 *
 *     start = max(earliest start, max over its dependencies of (time of the predecessor's event + delay)).
 *
 * A list of flows is a schedule without predecessors.
 *
 * \code
 *   Schedule schedule;
 *   const TaskId first = schedule.AddFlow({0, 1, 1'000'000, 0});
 *   const TaskId second = schedule.AddFlow({1, 2, 1'000'000, 0});
 *   schedule.AddDependency(second, {first, TaskEvent::RECEIVED, 0}); // node 1 passes on what it has received
 * \endcode
 */
class Schedule
{
  public:
    /// A dependency and the task that has it.
    struct Edge
    {
        TaskId task;           //!< The task that waits.
        Dependency dependency; //!< What it waits for.
    };

    static constexpr uint32_t NO_GROUP = UINT32_MAX; //!< The group of tasks without one.
    static constexpr uint32_t MAX_TASKS = 1U << 30;  //!< Largest number of flows, and of computations.

    /// Makes an empty schedule.
    Schedule() = default;

    /// Makes a schedule of flows that do not wait for each other.
    explicit Schedule(FlowList flows);

    /// Adds a flow, whose startNs is its earliest start. \throws InputError for more than MAX_TASKS
    TaskId AddFlow(const Flow& flow);

    /// Adds a computation. \throws InputError for more than MAX_TASKS
    TaskId AddCompute(const Compute& compute);

    /// Lets a task wait for another one. Both may be added later: CheckSchedule() looks whether they are there.
    void AddDependency(TaskId task, const Dependency& dependency);

    /// Adds a group without tasks. \return its number
    uint32_t AddGroup(TaskGroup group);

    /// Puts a task that was added into a group.
    void SetGroup(TaskId task, uint32_t group);

    /// Gives a task that was added a name for errors and reports.
    void SetName(TaskId task, const std::string& name);

    /// Returns all flows. Without dependencies they ascend by start, else they have any order.
    const FlowList& Flows() const
    {
        return m_flows;
    }

    /// Returns the flows of a schedule that is not needed any longer.
    FlowList TakeFlows() &&
    {
        return std::move(m_flows);
    }

    /// Returns all computations.
    const std::vector<Compute>& Computes() const
    {
        return m_computes;
    }

    /// Returns all dependencies in the order in which they were added.
    const std::vector<Edge>& Dependencies() const
    {
        return m_edges;
    }

    /// Returns all groups.
    const std::vector<TaskGroup>& Groups() const
    {
        return m_groups;
    }

    /// Returns the group of a task, NO_GROUP if it has none.
    uint32_t GroupOf(TaskId task) const;

    /// Returns the name of a task: the one that it was given, or as in "flow 3" or "compute 2".
    std::string NameOf(TaskId task) const;

    /// Returns how many flows wait for another task.
    uint64_t WaitingFlows() const;

    /// Sorts the flows by their starts, those of one start as they are. \pre there are no dependencies
    void SortByStart();

    /// Returns the number of tasks.
    std::size_t TaskCount() const
    {
        return m_flows.size() + m_computes.size();
    }

    /// Returns the place of a task among all: the flows come first, then the computations.
    std::size_t PlaceOf(TaskId task) const
    {
        return task.IsCompute() ? m_flows.size() + task.Index() : task.Index();
    }

    /// Returns the task at a place. \param place below TaskCount()
    TaskId TaskAt(std::size_t place) const
    {
        return place < m_flows.size() ? TaskId::OfFlow(static_cast<uint32_t>(place))
                                      : TaskId::OfCompute(static_cast<uint32_t>(place - m_flows.size()));
    }

  private:
    /// A property of some tasks of one sort.
    template <typename Value>
    struct OfTasks
    {
        std::vector<Value> ofFlows;    //!< by index; what is beyond the end has none
        std::vector<Value> ofComputes; //!< the same
    };

    FlowList m_flows;
    std::vector<Compute> m_computes;
    std::vector<Edge> m_edges;
    std::vector<TaskGroup> m_groups;
    OfTasks<uint32_t> m_groupOf;
    OfTasks<std::string> m_names;
};

/// Returns tasks that wait for each other in a circle, each for the next and the last one for the first; empty where
/// there are none. \pre all tasks of the dependencies are there
std::vector<TaskId> FindCycle(const Schedule& schedule);

/// Returns a circle of tasks in words, as in "flow 1 waits for flow 2, flow 2 waits for flow 1". \param cycle not empty
std::string CycleText(const Schedule& schedule, const std::vector<TaskId>& cycle);

/**
 * Checks what every engine requires of a schedule: CheckFlows() of its flows, which may be in any order where there are
 * dependencies; computations at hosts; tasks and delays that are there and within their ranges, at most
 * MAX_ALL_IDEAL_NS all together; groups that are there; and no task that waits for itself by way of others. \throws
 * InputError naming the task and what is wrong with it
 */
void CheckSchedule(const FabricGraph& fabric, const RouteTable& routes, const Schedule& schedule);

/// Returns the same schedule with perturbed start times: every second flow starts 1 ns later than it would.
Schedule PerturbStartTimes(const Schedule& schedule);

} // namespace ns3::m3

#endif // M3_SCHEDULE_H
