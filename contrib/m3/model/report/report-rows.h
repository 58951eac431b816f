// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_REPORT_ROWS_H
#define M3_REPORT_ROWS_H

#include "ns3/m3-slowdown-report.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

/// \ingroup m3-report
/// A row of a table, or a picture: a size class, or all flows.
struct ReportRow
{
    std::string name;      //!< SizeClasses::Name(), "all"
    std::size_t sizeClass; //!< unless all
    bool all;              //!< the row is of all flows

    /// Flows of the trace in it.
    uint64_t Flows(const SlowdownReport& report) const;
    /// \return NaN without values. \param p in [0, 1]
    double Quantile(const SlowdownReport& report, double p) const;
    /// The 95 % interval of it.
    ConfidenceInterval Interval(const SlowdownReport& report, double p) const;
    /// The same by sampling alone.
    ConfidenceInterval SamplingInterval(const SlowdownReport& report, double p) const;
};

/// The rows of a report: its size classes, then all flows.
std::vector<ReportRow> ReportRows(const SlowdownReport& report);

/// Levels that files and pictures hold: 0.01 to 0.99 by 0.01, then 0.995, 0.998, 0.999.
const std::vector<double>& WrittenQuantiles();

/// \ingroup m3-report
/// A quantile that files hold.
struct WrittenValue
{
    double level;                //!< in [0, 1]
    double slowdown;             //!< at this level
    ConfidenceInterval interval; //!< of the slowdown
};

/// The values of a row that a report has at the levels of files.
std::vector<WrittenValue> WrittenValues(const SlowdownReport& report, const ReportRow& row);

/// A slowdown with two decimals, none from 100 on; "-" for NaN.
std::string SlowdownText(double value);

/// An interval as people read it: "2.31 .. 2.47"; "-" where it is not known, "no sampling" where it is a point, since
/// all flows were looked at: it would say nothing of how far the engine is off.
std::string IntervalText(const ConfidenceInterval& interval);

/// How far a value is above a true one, as in "+3.7 %"; "-" where either is NaN or the true one is 0.
std::string ErrorText(double value, double truth);

} // namespace ns3::m3

#endif // M3_REPORT_ROWS_H
