#ifndef M3_EVALUATION_H
#define M3_EVALUATION_H

#include "correction-model.h"
#include "path-map-model.h"

#include <cstdint>
#include <ostream>
#include <string>

namespace ns3::m3
{

/**
 * Prints the error of a model over sample files: p50 and p99 slowdown by size class, predicted (mixture of the flows'
 * distributions) and by flowSim against packets, and how well the quantiles are calibrated.
 * \param every takes only each so many-th file \throws InputError
 */
void Evaluate(CorrectionModel& model, const std::string& data, uint32_t every, std::ostream& out);

/**
 * Prints the error of a model over the paths of files of path maps that have enough foreground flows: p50 and p99
 * slowdown by size class against packets. Parameters as above.
 */
void Evaluate(PathMapModel& model, const std::string& data, uint32_t every, std::ostream& out);

} // namespace ns3::m3

#endif // M3_EVALUATION_H
