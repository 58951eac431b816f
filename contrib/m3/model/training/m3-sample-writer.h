// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SAMPLE_WRITER_H
#define M3_SAMPLE_WRITER_H

#include "ns3/m3-flow.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ns3::m3
{

class FabricGraph;
class RouteTable;
struct RdmaConfig;

/// \ingroup m3-training
/// A flow with the completion time that the packet engine gave it.
struct MeasuredFlow
{
    uint32_t flow = 0; //!< Index into the list of flows.
    double fctNs = 0;  //!< Time from its start to its last byte at the receiver, ns; at least its ideal FCT.
};

/**
 * Writes a sample file (docs/file-formats.md), from which m3-train trains the per-flow model: runs flowSim on all flows
 * and stores, for each measured flow, what the model sees of it and the slowdown that the packet engine gave it. The
 * file is written whole or not at all.
 *
 * \param routes of the fabric, as the packet engine used them
 * \param config configuration of the packet run, resolved for the fabric (RdmaConfig::Resolve)
 * \param flows all flows of the run
 * \param measured flows that become samples, in ascending order, each once; flows that did not finish are left out
 * \param description one line for people, stored in the file
 * \param file name, which ends in ".m3s" so that m3-train finds it in a folder
 * \throws InputError if a measured flow is not in the list, out of order or faster than its ideal FCT, or if the file
 * cannot be written
 */
void WriteFlowSamples(const FabricGraph& fabric,
                      const RouteTable& routes,
                      const RdmaConfig& config,
                      const FlowList& flows,
                      const std::vector<MeasuredFlow>& measured,
                      const std::string& description,
                      const std::string& file);

} // namespace ns3::m3

#endif // M3_SAMPLE_WRITER_H
