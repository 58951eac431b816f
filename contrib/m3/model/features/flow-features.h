// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FEATURES_H
#define M3_FLOW_FEATURES_H

#include "flowsim/fabric-flow-sim.h"
#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-rdma-config.h"
#include "ns3/m3-routes.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Of the inputs below. New ones are added at the end, so that a model can be trained on from a checkpoint for an older
/// version; to estimate by one is refused.
inline constexpr uint32_t FEATURE_VERSION = 5;
inline constexpr uint32_t FLOW_INPUTS = 33; //!< inputs per flow
inline constexpr uint32_t HOP_INPUTS = 46;  //!< inputs per link of its route

/// Places of inputs of a flow that are read by name.
enum FlowInput : uint32_t
{
    LOG_IDEAL = 3,       //!< ideal FCT in base RTTs
    LOG_FLUID = 4,       //!< fluid slowdown
    HAS_PFC = 11,        //!< 1 if pauses keep switches from losing packets
    IS_DCTCP = 12,       //!< 1 of a flow under this control; those of the others follow it
    IS_DCQCN = 13,       //!< the same
    IS_HPCC = 14,        //!< the same
    IS_TIMELY = 15,      //!< the same
    LOG_DCTCP_K = 17,    //!< in BDPs
    LOG_DCQCN_KMIN = 19, //!< in BDPs
    LOG_DCQCN_KMAX = 20, //!< in BDPs
    LOG_TIMELY_LOW = 26, //!< in base RTTs
    LOG_TIMELY_HIGH = 27 //!< in base RTTs
};

/// The same of a hop; delays are logarithms of 1 + what they say, in base RTTs.
enum HopInput : uint32_t
{
    IS_FIRST = 1,        //!< 1 for the link of the sending host
    LINK_LOAD = 5,       //!< mean over the whole list of flows, of capacity
    REVERSE_LOAD = 6,    //!< the same of the link's other direction
    WINDOW_BACKLOG = 14, //!< backlog of first windows
    QUEUE = 30,          //!< windows queued
    RECENT_QUEUE = 31,   //!< the same over the last 10 RTTs
    LIFETIME_QUEUE = 39, //!< the same during the flow
    LOG_POOL = 45        //!< shared buffer of the switch in BDPs, 0 at hosts
};

/**
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

/// Flows with what a model of them is to give.
struct LabelledFlows
{
    FlowFeatures features;       //!< inputs, finite; every flow has at least one link
    std::vector<float> slowdown; //!< per flow, finite, at least 1
};

/// What people call an input, and the function whose value it is.
struct InputName
{
    /// Of the value, against the quantity that people know.
    enum Scale : uint8_t
    {
        PLAIN, //!< the quantity itself
        LOG,   //!< natural logarithm
        LOG1P  //!< logarithm of 1 + x
    };

    const char* text; //!< name and unit
    Scale scale;      //!< how it is stored

    /// The input in the unit that `text` says.
    double Plain(double input) const;
};

extern const InputName FLOW_INPUT_NAMES[FLOW_INPUTS]; //!< in their order in FlowFeatures::flow
extern const InputName HOP_INPUT_NAMES[HOP_INPUTS];   //!< in their order in FlowFeatures::hop

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

/// Adds the flows of `more` after those of `features`.
void Append(FlowFeatures& features, const FlowFeatures& more);

/**
 * A run of flowSim over a network, with its events, so that features for any selection of flows and any configuration
 * with the same header bytes need no other run.
 */
struct FluidRun
{
    /// An arrival or end, in the order of the run.
    struct Event
    {
        double timeNs; //!< when it happened
        uint32_t flow; //!< index in the list
        bool end;      //!< false: arrival
    };

    FabricFluid fluid;              //!< what ran
    std::vector<double> fluidFctNs; //!< per flow: how long flowSim had it, no propagation delay inside
    std::vector<uint8_t> heldBy;    //!< per flow: which link of its route held it down for most of its bits
    std::vector<Event> events;      //!< all of them
    double loadFromNs = 0;          //!< loads of links are of the flows that start from here on
};

/// Base RTT that features count time and bytes in: the configured one, or the largest of any pair of hosts.
double UnitRttNs(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config);

/// \param config for its header bytes and mode \param progress as RunFlowSim \throws InputError for an unconnected pair
FluidRun RecordFluidRun(const FabricGraph& fabric,
                        const RouteTable& routes,
                        const RdmaConfig& config,
                        const FlowList& flows,
                        const std::function<void(uint64_t finishedFlows)>& progress = {});

/// The same of flows and links that are made already.
FluidRun RecordFluidRun(FabricFluid fluid, const std::function<void(uint64_t finishedFlows)>& progress = {});

/// What of a configuration the inputs of hops depend on: under equal ones all flows see the same of their hops.
struct HopSettings
{
    double rttNs;                           //!< base RTT that time and bytes are counted in
    std::map<uint64_t, double> windowByNic; //!< bytes, by the NIC's rate; at most 100 of its BDPs, also for none
    uint32_t headerBytes;                   //!< of data packets
    uint32_t ackBytes;                      //!< wire size
    std::vector<uint64_t> poolBytes;        //!< per node: shared pool; 0 of hosts

    /// Window of the flows that leave by a NIC. \pre a host of the fabric has a link of that rate
    double WindowBytes(uint64_t nicBps) const
    {
        return windowByNic.at(nicBps);
    }

    /// \param config resolved for the fabric \throws InputError as SharedPoolBytes
    HopSettings(const FabricGraph& fabric, const RouteTable& routes, const RdmaConfig& config);

    bool operator==(const HopSettings& other) const; //!< whether all are equal
};

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
