// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_TASK_CLOCK_H
#define M3_TASK_CLOCK_H

#include "ns3/m3-schedule.h"

#include <algorithm>
#include <cassert>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-workload
 * Says when the tasks of a schedule start while an engine simulates its flows. The engine reports what happens to
 * flows; it is told when each flow starts, which may be later than now. Computations need no events: when a computation
 * may start is known as soon as what it waits for has happened, and so is its end.
 *
 * \code
 *   TaskClock<int64_t> clock(schedule);
 *   const auto due = [&](uint32_t flow, int64_t startNs) { ... };
 *   clock.Begin(due);                                                // flows without predecessors
 *   clock.Happened(flow, TaskEvent::RECEIVED, now, due);             // and so on
 * \endcode
 *
 * \tparam Time ns: int64_t or double
 */
template <typename Time>
class TaskClock
{
  public:
    /// Start of a task that has not become due: -1.
    static constexpr Time NOT_DUE = -1;

    /// \param schedule CheckSchedule() of it; must outlive the clock
    explicit TaskClock(const Schedule& schedule)
        : m_schedule(schedule),
          m_begin(schedule.TaskCount() + 1),
          m_successors(schedule.Dependencies().size()),
          m_pending(schedule.TaskCount()),
          m_ready(schedule.TaskCount()),
          m_starts(schedule.TaskCount(), NOT_DUE)
    {
        for (const Schedule::Edge& edge : schedule.Dependencies())
        {
            m_begin[schedule.PlaceOf(edge.dependency.predecessor) + 1]++;
            m_pending[schedule.PlaceOf(edge.task)]++;
        }
        std::partial_sum(m_begin.begin(), m_begin.end(), m_begin.begin());
        std::vector<uint64_t> next = m_begin;
        for (const Schedule::Edge& edge : schedule.Dependencies())
        {
            m_successors[next[schedule.PlaceOf(edge.dependency.predecessor)]++] = {
                static_cast<uint32_t>(schedule.PlaceOf(edge.task)),
                edge.dependency.event,
                edge.dependency.delayNs};
        }
        for (uint32_t place = 0; place < m_ready.size(); place++)
        {
            m_ready[place] = static_cast<Time>(EarliestOf(place));
        }
    }

    /// Tells when the tasks without predecessors start, in their order. \param due called with each flow that becomes
    /// due and its start
    template <typename Due>
    void Begin(const Due& due)
    {
        for (uint32_t place = 0; place < m_pending.size(); place++)
        {
            if (m_pending[place] == 0 && m_starts[place] == NOT_DUE)
            {
                m_due.push_back(place);
                TellDue(due);
            }
        }
    }

    /// Something happened to a flow. \param event SENT or RECEIVED, each once \param due as in Begin()
    template <typename Due>
    void Happened(uint32_t flow, TaskEvent event, Time at, const Due& due)
    {
        Tell(flow, event, at);
        TellDue(due);
    }

    /**
     * A flow will not end: what waits for its end never starts, and nothing that waits for that.
     * \param event the first event that will not happen: RECEIVED, or SENT where the flow was received
     * \param never called with each flow that will not start
     */
    template <typename Never>
    void Failed(uint32_t flow, TaskEvent event, const Never& never)
    {
        std::vector<uint32_t> lost;
        const auto lose = [&](const Successor& successor)
        {
            if (m_pending[successor.place] != LOST)
            {
                m_pending[successor.place] = LOST;
                lost.push_back(successor.place);
            }
        };
        for (uint64_t i = m_begin[flow]; i < m_begin[flow + 1]; i++)
        {
            if (m_successors[i].event == TaskEvent::SENT || m_successors[i].event == event)
            {
                lose(m_successors[i]);
            }
        }
        for (std::size_t next = 0; next < lost.size(); next++)
        {
            const uint32_t place = lost[next];
            if (place < m_schedule.Flows().size())
            {
                never(place);
            }
            std::for_each(m_successors.begin() + static_cast<std::ptrdiff_t>(m_begin[place]),
                          m_successors.begin() + static_cast<std::ptrdiff_t>(m_begin[place + 1]),
                          lose);
        }
    }

    /// Returns when a flow starts. \pre it has become due
    Time StartOf(uint32_t flow) const
    {
        return m_starts[flow];
    }

    /// Returns the starts of all tasks by Schedule::PlaceOf(), ns; NOT_DUE where a task has not become due.
    const std::vector<Time>& Starts() const
    {
        return m_starts;
    }

  private:
    static constexpr uint32_t LOST = std::numeric_limits<uint32_t>::max(); //!< m_pending of what never starts

    struct Successor
    {
        uint32_t place;
        TaskEvent event;
        int64_t delayNs;
    };

    int64_t EarliestOf(uint32_t place) const
    {
        const TaskId task = m_schedule.TaskAt(place);
        return task.IsCompute() ? m_schedule.Computes()[task.Index()].startNs : m_schedule.Flows()[place].startNs;
    }

    void Tell(uint32_t place, TaskEvent event, Time at)
    {
        for (uint64_t i = m_begin[place]; i < m_begin[place + 1]; i++)
        {
            const Successor& successor = m_successors[i];
            if (successor.event != event || m_pending[successor.place] == LOST)
            {
                continue;
            }
            Time& ready = m_ready[successor.place];
            ready = std::max(ready, at + static_cast<Time>(successor.delayNs));
            assert(m_pending[successor.place] > 0);
            if (--m_pending[successor.place] == 0)
            {
                m_due.push_back(successor.place);
            }
        }
    }

    /// Goes through the tasks that have become due, and those that become due by their starts and ends.
    template <typename Due>
    void TellDue(const Due& due)
    {
        for (std::size_t next = 0; next < m_due.size(); next++)
        {
            const uint32_t place = m_due[next];
            const Time start = m_ready[place];
            m_starts[place] = start;
            if (place < m_schedule.Flows().size())
            {
                due(place, start);
                Tell(place, TaskEvent::STARTED, start);
                continue;
            }
            const auto duration = m_schedule.Computes()[m_schedule.TaskAt(place).Index()].durationNs;
            Tell(place, TaskEvent::STARTED, start);
            Tell(place, TaskEvent::SENT, start + static_cast<Time>(duration));
            Tell(place, TaskEvent::RECEIVED, start + static_cast<Time>(duration));
        }
        m_due.clear();
    }

    const Schedule& m_schedule;
    std::vector<uint64_t> m_begin;       //!< of a task's successors, by place
    std::vector<Successor> m_successors; //!< those of a task in the order of the dependencies
    std::vector<uint32_t> m_pending;     //!< by place: dependencies that are not met yet
    std::vector<Time> m_ready;           //!< by place: when those that are met allow it to start
    std::vector<Time> m_starts;          //!< by place
    std::vector<uint32_t> m_due;         //!< due tasks that nobody was told of yet
};

} // namespace ns3::m3

#endif // M3_TASK_CLOCK_H
