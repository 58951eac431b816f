// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_INPUT_RANGES_H
#define M3_INPUT_RANGES_H

#include "input-row.h"

#include <cstddef>
#include <string>
#include <vector>

namespace ns3::m3
{

struct FlowFeatures;

/// \ingroup m3-features
/// Smallest and largest value of each input over some flows.
struct InputRanges
{
    std::vector<float> flowLow;  //!< [FLOW_INPUTS], as the others; all empty if the ranges are not known
    std::vector<float> flowHigh; //!< [FLOW_INPUTS]
    std::vector<float> hopLow;   //!< [HOP_INPUTS]
    std::vector<float> hopHigh;  //!< [HOP_INPUTS]
};

/// \pre at least one flow \param before widened by the flows; may know fewer inputs, or none
InputRanges RangesOf(const FlowFeatures& features, const InputRanges& before = {});

/**
 * Inputs that lie outside of ranges, a line for people each: how many of the flows, their values, the range. Rounding
 * is forgiven; what concerns less than 1 % of the flows is not said.
 */
std::vector<std::string> OutOfRange(const FlowFeatures& features, const InputRanges& ranges);

/**
 * The same for the inputs of one table.
 * \param values [rows][low.size()] \param names of the inputs \param low, high ranges, one of each input
 * \param rows what to call the rows \param lines to add to
 */
void AddOutOfRange(const std::vector<float>& values,
                   const InputName* names,
                   const std::vector<float>& low,
                   const std::vector<float>& high,
                   const char* rows,
                   std::vector<std::string>& lines);

} // namespace ns3::m3

#endif // M3_INPUT_RANGES_H
