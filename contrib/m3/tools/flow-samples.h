// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_SAMPLES_H
#define M3_FLOW_SAMPLES_H

#include "packet-truth.h"

#include "training/sample-file.h"

#include <cstdint>

namespace ns3::m3
{

/**
 * Samples of single flows from a network whose flows have run. The caller sets the origin.
 * \param paths number of paths that are sampled, all of whose flows are kept and seen by flowSim on the path; 0: flows
 * are kept as SelectFlows() does, and flowSim runs on the network \param maxFlows of SelectFlows() \param seed of the
 * sampling
 */
TrainingSamples FlowSamplesOf(const PacketTruth& truth, uint32_t paths, uint32_t maxFlows, uint64_t seed);

} // namespace ns3::m3

#endif // M3_FLOW_SAMPLES_H
