// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_EVALUATION_REPORT_H
#define M3_EVALUATION_REPORT_H

#include "evaluation.h"

#include <ostream>
#include <string>

namespace ns3::m3
{

/// Prints the tables: quantiles of all networks by size class, p99 of every group of networks, single flows,
/// calibration.
void PrintEvaluation(const Evaluation& evaluation, std::ostream& out);

/**
 * Writes everything into a folder, which is made if need be: quantiles.csv, points.csv and, for a model of single
 * flows, flows.csv, calibration.csv and, where its errors are known, intervals.csv (docs/file-formats.md);
 * evaluation.json with all of these; p99.png and p99.svg, predicted against true p99, a panel per size class. \throws
 * InputError if a file cannot be written, std::runtime_error as RunGnuplot
 */
void WriteEvaluation(const Evaluation& evaluation, const std::string& folder);

} // namespace ns3::m3

#endif // M3_EVALUATION_REPORT_H
