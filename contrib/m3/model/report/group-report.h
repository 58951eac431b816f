// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_GROUP_REPORT_H
#define M3_GROUP_REPORT_H

#include "report-table.h"

#include "ns3/m3-slowdown-report.h"

#include <ostream>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// Completion times of the groups of one kind.
struct KindTimes
{
    std::string kind;        //!< TaskGroup::kind
    uint64_t groups = 0;     //!< number of them
    uint64_t unfinished = 0; //!< number of those with tasks that did not end
    std::vector<double> ns;  //!< completion times of the others, ascending

    /// Returns a quantile of the completion times, ns; NaN without any. \param p in [0, 1]
    double QuantileNs(double p) const;
};

/// Returns the completion times of a report's groups by kind, in the order in which kinds come first.
std::vector<KindTimes> KindsOf(const SlowdownReport& report);

/// Returns whether a report has groups.
bool HasGroups(const std::vector<SlowdownReport>& reports);

/// Returns a time as in "611.7 us", "2.35 ms"; "-" for NaN.
std::string DurationText(double ns);

/// Returns one line on a group: its times, straggler and critical path.
std::string GroupText(const GroupTimes& group);

/// Returns the slowest finished groups of a report that have a critical path, the slowest first, at most `max`.
std::vector<const GroupTimes*> SlowestGroups(const SlowdownReport& report, std::size_t max);

/// Prints completion times by kind and engine, errors against the first report, and the slowest group of each; nothing
/// without groups.
void PrintGroups(const std::vector<SlowdownReport>& reports, std::ostream& out);

/// Returns all groups as a table, a row per engine and group.
ReportTable GroupTable(const std::vector<SlowdownReport>& reports);

/// Writes GroupTable() as CSV: groups.csv.
void WriteGroupsCsv(const std::vector<SlowdownReport>& reports, std::ostream& out);

} // namespace ns3::m3

#endif // M3_GROUP_REPORT_H
