// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_LIST_H
#define M3_EVAL_LIST_H

#include "eval-case.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// A list of scenarios with published errors, and the values that it does not have.
struct SensitivityList
{
    /// CSV with a header line: id, matrix, sizes, sigma, load, oversubscription as in 2:1, window in B, PFC, DCTCP K in
    /// KB at 10 Gb/s, buffer in KB, published p99 errors of Parsimon and m3
    std::string file;
    EngineMode mode; //!< HPCC: with the buffers of the list
    uint64_t count;  //!< flows of each
    uint64_t seed;   //!< of flows, and of parameters of other controls than DCTCP, drawn for the row
};

/// Every row as a case, with the facts `id`, `published_parsimon`, `published_m3`. \throws InputError naming line and
/// field
std::vector<EvalCase> ReadSensitivityList(const SensitivityList& list, CongestionControlType control);

/**
 * Returns the cases in an order in which the first N, for any N, are spread over matrices, sizes and loads. A larger N
 * adds scenarios to those of a smaller one.
 */
std::vector<EvalCase> Spread(const std::vector<EvalCase>& cases);

} // namespace ns3::m3::eval

#endif // M3_EVAL_LIST_H
