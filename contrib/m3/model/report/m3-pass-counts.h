// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PASS_COUNTS_H
#define M3_PASS_COUNTS_H

#include <cstdint>
#include <string>

namespace ns3::m3
{

/// \ingroup m3-report
/// How an engine that needs every start beforehand has answered for flows that wait for others: in passes, each with
/// the starts that follow from the FCTs of the pass before.
struct PassCounts
{
    uint32_t passes = 0;      //!< Number of passes.
    double change = 0;        //!< Mean change of completion times by the last pass, relative to their mean.
    double largestChange = 0; //!< Largest relative change of a completion time by it.
    double tolerance = 0;     //!< Passes end where `change` is at most this.

    /// Returns whether completion times have settled: the last pass has changed them by no more than the tolerance.
    bool IsSettled() const
    {
        return change <= tolerance;
    }

    /// Returns a line on it for readers of a report.
    std::string Text() const;
};

} // namespace ns3::m3

#endif // M3_PASS_COUNTS_H
