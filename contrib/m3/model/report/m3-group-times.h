// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_GROUP_TIMES_H
#define M3_GROUP_TIMES_H

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// A task on the critical path of a group, and the time before it in which nothing of the path ran.
struct CriticalStep
{
    std::string task; //!< As in "flow 7 from 3 to 4", "compute 2 at 4".
    bool isCompute;   //!< A computation, not a flow.
    double startNs;   //!< Its start from that of the run, ns.
    double waitedNs;  //!< From what it waited for to its start, ns, at least 0: a delay.
    double busyNs;    //!< From its start to what the next step waits for, or to its end, ns, at least 0.
};

/// \ingroup m3-report
/// A task as a bar of a timeline.
struct TimelineBar
{
    uint32_t host;   //!< That computes or sends.
    double startNs;  //!< From the start of the run, ns.
    double endNs;    //!< The same; not before startNs.
    bool isCompute;  //!< A computation, not a flow.
    bool isCritical; //!< It is on the critical path.
};

/**
 * \ingroup m3-report
 * When a group of tasks ran (TaskGroup): from its first start to its last end, where a flow ends at its receiver. Its
 * critical path goes back from the task that ends last, each time to the task whose event allowed the one after it to
 * start, also into other groups, to the start of the group.
 */
struct GroupTimes
{
    std::string name;        //!< TaskGroup::name
    std::string kind;        //!< TaskGroup::kind
    uint64_t tasks = 0;      //!< number of its tasks
    uint64_t unfinished = 0; //!< number of those that did not end; if above 0, the times below but startNs are NaN
    double startNs = 0;      //!< first start from that of the run, ns; NaN where none has started
    double endNs = 0;        //!< last end, the same
    uint32_t straggler = 0;  //!< host where the last task ends
    double behindNs = 0;     //!< how much later than the median host of the group it ends, ns, at least 0
    double transferNs = 0;   //!< of the critical path: flows, ns
    double computeNs = 0;    //!< of it: computations, ns
    double waitingNs = 0;    //!< of it: the rest, delays and starts that are set, ns
    std::vector<CriticalStep> path{}; //!< critical path from its first task; empty for most groups of a kind
    std::vector<TimelineBar> bars{};  //!< its tasks for a picture; empty for most groups

    /// Returns its completion time, ns; NaN where a task did not end.
    double CompletionNs() const
    {
        return endNs - startNs;
    }
};

} // namespace ns3::m3

#endif // M3_GROUP_TIMES_H
