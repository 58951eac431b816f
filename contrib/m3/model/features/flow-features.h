// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FEATURES_H
#define M3_FLOW_FEATURES_H

#include "fluid-run.h"

#include <cstddef>
#include <cstdint>
#include <vector>

namespace ns3::m3
{

/**
 * \ingroup m3-features
 * What a model sees of flows: each flow with its own fluid slowdown and the configuration, and per link of its route
 * the link and the fluid state that the flow met there. All without dimension: in base RTTs, bandwidth-delay products,
 * shares of a rate, mostly as logarithms, so that one model serves all rates. Rates, and the products with a base RTT,
 * are those of the NIC that the flow leaves by.
 */
struct FlowFeatures
{
    std::vector<float> flow;        //!< [flows][FLOW_INPUTS]
    std::vector<float> hop;         //!< [links of all flows][HOP_INPUTS], flow after flow, in route order
    std::vector<uint32_t> hopBegin; //!< [flows + 1]: first link of each flow in `hop`

    /// How many flows there are.
    std::size_t Count() const
    {
        return hopBegin.empty() ? 0 : hopBegin.size() - 1;
    }
};

/// \ingroup m3-features
/// Flows with what a model of them is to give.
struct LabelledFlows
{
    FlowFeatures features;         //!< inputs, finite; every flow has at least one link
    std::vector<float> slowdown;   //!< per flow, finite, at least 1
    std::vector<uint32_t> network; //!< per flow, a number for its network, whose flows follow each other; empty: one
};

/// Adds the flows of `more` after those of `features`.
void Append(FlowFeatures& features, const FlowFeatures& more);

/**
 * What the selected flows met on their hops in a run of flowSim.
 *
 * \param settings with the header bytes of the run
 * \param selection ascending flow ids, none twice
 * \return features in the order of the selection, without those of FlowFeatures::flow
 */
FlowFeatures ViewHops(const FabricGraph& fabric,
                      const HopSettings& settings,
                      const FlowList& flows,
                      const std::vector<uint32_t>& selection,
                      const FluidRun& run);

/**
 * Fills in FlowFeatures::flow: each flow with its fluid slowdown and the configuration.
 *
 * \param resolved configuration \param settings of it
 * \param features of ViewHops with equal settings and the same flows; what it has in FlowFeatures::flow is replaced
 */
void FillFlowInputs(const FabricGraph& fabric,
                    const RdmaConfig& resolved,
                    const HopSettings& settings,
                    const FlowList& flows,
                    const std::vector<uint32_t>& selection,
                    const FluidRun& run,
                    FlowFeatures& features);

/// Both of the above. \param config resolved for the fabric, with the header bytes of the run
FlowFeatures ViewFluid(const FabricGraph& fabric,
                       const RouteTable& routes,
                       const RdmaConfig& config,
                       const FlowList& flows,
                       const std::vector<uint32_t>& selection,
                       const FluidRun& run);

} // namespace ns3::m3

#endif // M3_FLOW_FEATURES_H
