// SPDX-License-Identifier: GPL-2.0-only
#include "group-times.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <numeric>
#include <utility>

namespace ns3::m3
{

namespace
{

constexpr std::size_t PATHS_OF_KIND = 3;
constexpr std::size_t PICTURED_KINDS = 6;
constexpr double SAME_NS = 1e-3; //!< two times of the fluid are one

/// Items by a key below `keys`: those of key k are at begin[k] to begin[k + 1] of `items`.
struct ByKey
{
    std::vector<uint64_t> begin;
    std::vector<uint32_t> items;

    template <typename KeyOf>
    ByKey(std::size_t keys, std::size_t count, const KeyOf& keyOf)
        : begin(keys + 1)
    {
        for (std::size_t i = 0; i < count; i++)
        {
            if (const std::size_t key = keyOf(i); key < keys)
            {
                begin[key + 1]++;
            }
        }
        std::partial_sum(begin.begin(), begin.end(), begin.begin());
        items.resize(begin.back());
        std::vector<uint64_t> next(begin);
        for (std::size_t i = 0; i < count; i++)
        {
            if (const std::size_t key = keyOf(i); key < keys)
            {
                items[next[key]++] = static_cast<uint32_t>(i);
            }
        }
    }
};

/// Looks at the groups of one run.
class GroupFinder
{
  public:
    GroupFinder(const Schedule& schedule, const TaskTimes& times)
        : m_schedule(schedule),
          m_times(times),
          m_tasks(schedule.Groups().size(),
                  schedule.TaskCount(),
                  [&](std::size_t place)
                  {
                      const uint32_t group = schedule.GroupOf(schedule.TaskAt(place));
                      return group == Schedule::NO_GROUP ? schedule.Groups().size() : std::size_t{group};
                  }),
          m_edges(schedule.TaskCount(),
                  schedule.Dependencies().size(),
                  [&](std::size_t edge) { return schedule.PlaceOf(schedule.Dependencies()[edge].task); })
    {
    }

    std::vector<GroupTimes> Find()
    {
        std::vector<GroupTimes> groups;
        std::vector<uint32_t> numbers;
        for (uint32_t group = 0; group < m_schedule.Groups().size(); group++)
        {
            if (m_tasks.begin[group] < m_tasks.begin[group + 1])
            {
                groups.push_back(TimesOf(group));
                numbers.push_back(group);
            }
        }
        std::map<std::string, std::vector<std::size_t>> kinds; // finished ones
        for (std::size_t i = 0; i < groups.size(); i++)
        {
            if (groups[i].unfinished == 0)
            {
                kinds[groups[i].kind].push_back(i);
            }
        }
        std::size_t pictured = 0;
        for (auto& [kind, members] : kinds)
        {
            const std::size_t count = std::min(PATHS_OF_KIND, members.size());
            std::partial_sort(members.begin(),
                              members.begin() + static_cast<std::ptrdiff_t>(count),
                              members.end(),
                              [&](std::size_t a, std::size_t b)
                              {
                                  return groups[a].CompletionNs() != groups[b].CompletionNs()
                                             ? groups[a].CompletionNs() > groups[b].CompletionNs()
                                             : a < b;
                              });
            for (std::size_t i = 0; i < count; i++)
            {
                const bool isPictured = i == 0 && pictured++ < PICTURED_KINDS;
                AddDetails(numbers[members[i]], isPictured, groups[members[i]]);
            }
        }
        return groups;
    }

  private:
    NodeId HostOf(std::size_t place, bool atEnd) const
    {
        const TaskId task = m_schedule.TaskAt(place);
        if (task.IsCompute())
        {
            return m_schedule.Computes()[task.Index()].host;
        }
        const Flow& flow = m_schedule.Flows()[task.Index()];
        return atEnd ? flow.dst : flow.src;
    }

    /// Time of an event of a task.
    double EventNs(std::size_t place, TaskEvent event) const
    {
        return event == TaskEvent::STARTED ? m_times.startNs[place]
               : event == TaskEvent::SENT  ? m_times.sentNs[place]
                                           : m_times.receivedNs[place];
    }

    /// Calls with the places of the tasks of a group.
    template <typename Call>
    void ForTasks(uint32_t group, const Call& call) const
    {
        for (uint64_t i = m_tasks.begin[group]; i < m_tasks.begin[group + 1]; i++)
        {
            call(m_tasks.items[i]);
        }
    }

    GroupTimes TimesOf(uint32_t group) const
    {
        constexpr double NEVER = std::numeric_limits<double>::quiet_NaN();
        GroupTimes of;
        of.name = m_schedule.Groups()[group].name;
        of.kind = m_schedule.Groups()[group].kind;
        of.startNs = of.endNs = NEVER;
        std::map<NodeId, double> ends; // by host
        ForTasks(group,
                 [&](std::size_t place)
                 {
                     of.tasks++;
                     of.unfinished += std::isnan(m_times.receivedNs[place]);
                     of.startNs = std::fmin(of.startNs, m_times.startNs[place]);
                     double& end = ends.emplace(HostOf(place, true), NEVER).first->second;
                     end = std::fmax(end, m_times.receivedNs[place]);
                 });
        if (of.unfinished > 0)
        {
            of.behindNs = of.transferNs = of.computeNs = of.waitingNs = NEVER;
            return of;
        }
        std::vector<double> sorted;
        for (const auto& [host, end] : ends)
        {
            if (std::isnan(of.endNs) || end > of.endNs)
            {
                of.endNs = end;
                of.straggler = host;
            }
            sorted.push_back(end);
        }
        std::sort(sorted.begin(), sorted.end());
        of.behindNs = of.endNs - (sorted[(sorted.size() - 1) / 2] + sorted[sorted.size() / 2]) / 2;
        WalkPath(group, of, [](std::size_t, const CriticalStep&) {});
        return of;
    }

    /// The dependency that allowed a task to start; none where its earliest start did.
    const Dependency* Binding(std::size_t place) const
    {
        const Dependency* binding = nullptr;
        double latest = m_times.startNs[place] - SAME_NS;
        for (uint64_t i = m_edges.begin[place]; i < m_edges.begin[place + 1]; i++)
        {
            const Dependency& on = m_schedule.Dependencies()[m_edges.items[i]].dependency;
            const double at = EventNs(m_schedule.PlaceOf(on.predecessor), on.event) + static_cast<double>(on.delayNs);
            if (at > latest)
            {
                latest = at;
                binding = &on;
            }
        }
        return binding;
    }

    std::size_t LastOf(uint32_t group) const
    {
        std::size_t last = m_tasks.items[m_tasks.begin[group]];
        ForTasks(group,
                 [&](std::size_t place)
                 { last = m_times.receivedNs[place] > m_times.receivedNs[last] ? place : last; });
        return last;
    }

    /// Goes back along the critical path and adds up its times. \param step called with each task, the last one first
    template <typename Step>
    void WalkPath(uint32_t group, GroupTimes& of, const Step& step) const
    {
        std::size_t place = LastOf(group);
        double until = of.endNs;
        while (true)
        {
            const double begin = std::max(m_times.startNs[place], of.startNs);
            const Dependency* binding = m_times.startNs[place] > of.startNs ? Binding(place) : nullptr;
            const double before =
                binding ? std::max(EventNs(m_schedule.PlaceOf(binding->predecessor), binding->event), of.startNs)
                        : of.startNs;
            const bool isCompute = m_schedule.TaskAt(place).IsCompute();
            CriticalStep one{"", isCompute, begin, std::max(0.0, begin - before), std::max(0.0, until - begin)};
            (isCompute ? of.computeNs : of.transferNs) += one.busyNs;
            of.waitingNs += one.waitedNs;
            step(place, one);
            if (!binding || before <= of.startNs)
            {
                return;
            }
            place = m_schedule.PlaceOf(binding->predecessor);
            until = before;
        }
    }

    std::string TextOf(std::size_t place) const
    {
        const TaskId task = m_schedule.TaskAt(place);
        const std::string name = m_schedule.NameOf(task);
        return task.IsCompute() ? name + " at " + std::to_string(HostOf(place, false))
                                : name + " from " + std::to_string(HostOf(place, false)) + " to " +
                                      std::to_string(HostOf(place, true));
    }

    void AddDetails(uint32_t group, bool isPictured, GroupTimes& of) const
    {
        std::vector<std::size_t> critical;
        of.transferNs = of.computeNs = of.waitingNs = 0;
        WalkPath(group,
                 of,
                 [&](std::size_t place, CriticalStep step)
                 {
                     step.task = TextOf(place);
                     critical.push_back(place);
                     of.path.push_back(std::move(step));
                 });
        std::reverse(of.path.begin(), of.path.end());
        if (!isPictured)
        {
            return;
        }
        std::sort(critical.begin(), critical.end());
        ForTasks(group,
                 [&](std::size_t place)
                 {
                     of.bars.push_back({HostOf(place, false),
                                        m_times.startNs[place],
                                        m_times.receivedNs[place],
                                        m_schedule.TaskAt(place).IsCompute(),
                                        std::binary_search(critical.begin(), critical.end(), place)});
                 });
    }

    const Schedule& m_schedule;
    const TaskTimes& m_times;
    const ByKey m_tasks; //!< places of the tasks of each group
    const ByKey m_edges; //!< dependencies of the task at each place
};

} // namespace

std::vector<GroupTimes> GroupsOf(const Schedule& schedule, const TaskTimes& times)
{
    return GroupFinder(schedule, times).Find();
}

} // namespace ns3::m3
