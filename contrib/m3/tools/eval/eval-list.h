// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVAL_LIST_H
#define M3_EVAL_LIST_H

#include "eval-case.h"

#include <string>
#include <vector>

namespace ns3::m3::eval
{

/// A list of scenarios with published errors, and what it does not say.
struct SensitivityList
{
    /// CSV with a head: id, matrix, sizes, sigma, load, oversubscription as in 2:1, window in B, PFC, DCTCP K in KB at
    /// 10 Gb/s, buffer in KB, published p99 errors of Parsimon and m3
    std::string file;
    EngineMode mode; //!< HPCC: with the buffers of the list
    uint64_t count;  //!< flows of each
    uint64_t seed;   //!< of flows, and of parameters of other controls than DCTCP, drawn for the row
};

/// Every row as a case, with the facts `id`, `published_parsimon`, `published_m3`. \throws InputError naming line and
/// field
std::vector<EvalCase> ReadSensitivityList(const SensitivityList& list, CongestionControlType control);

/**
 * An order whose every beginning is a spread: in turn a case of each matrix with each sizes, and of these spread over
 * the loads. So more scenarios are those that were there before, and some more.
 */
std::vector<EvalCase> Spread(const std::vector<EvalCase>& cases);

} // namespace ns3::m3::eval

#endif // M3_EVAL_LIST_H
