// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_PACKET_RUN_H
#define M3_PACKET_RUN_H

#include "ns3/m3-packet-result.h"
#include "ns3/m3-packet-run-options.h"
#include "ns3/m3-rdma-config.h"

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-flow.h"

#include <cstdint>
#include <memory>

namespace ns3::m3
{

/**
 * \ingroup m3-packet
 * A run of the packet engine as whoever drives it sees it: a calendar of its own that is run piece by piece.
 * RunPacketSimulation drives it on ns-3's Simulator.
 */
class PacketRun
{
  public:
    PacketRun() = default;
    virtual ~PacketRun() = default;
    PacketRun(const PacketRun&) = delete;
    PacketRun& operator=(const PacketRun&) = delete;

    /// \return time of the next event, ns; EventWheel::NEVER when all flows have ended
    virtual int64_t NextTimeNs() const = 0;

    /// Runs all events of NextTimeNs() and of the times after it before `beforeNs`, of at most `times` times.
    virtual void Run(int64_t beforeNs, uint32_t times) = 0;

    /// The list that the run was made of has grown by a flow that starts no earlier than the last event that ran.
    virtual void TakeUpFlow() = 0;

    /// \return number of flows that finished or gave up
    virtual uint64_t EndedFlows() const = 0;

    /// \return number of data packets put on a wire so far
    virtual uint64_t DataHops() const = 0;

    /// \return number of events so far: those that ran, those to come, and port-free events that nobody waited for
    virtual uint64_t Events() const = 0;

    /// \return bytes in the data queue of a switch port, 0 for a host's
    virtual uint64_t QueuedBytes(LinkId egress) const = 0;

    /// \return the flows in mid-transfer, ascending by flow
    virtual std::vector<FlowUnderWay> UnderWay() const = 0;

    /// Moves out what has happened so far.
    virtual PacketResult TakeResult() = 0;
};

/**
 * Builds the engine with the rules of the configured mode: the only place of the packet engine that asks for the mode.
 * \param config resolved \throws InputError as RunPacketSimulation. All arguments must outlive the run.
 */
std::unique_ptr<PacketRun> MakePacketRun(const FabricGraph& fabric,
                                         const RouteTable& routes,
                                         const RdmaConfig& config,
                                         const FlowList& flows,
                                         const PacketRunOptions& options);

/// MakePacketRun with StandardRules. \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeStandardRun(const FabricGraph& fabric,
                                           const RouteTable& routes,
                                           const RdmaConfig& config,
                                           const FlowList& flows,
                                           const PacketRunOptions& options);

/// MakePacketRun with StandardRules, where flows are of several classes. \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeStandardRunOfClasses(const FabricGraph& fabric,
                                                    const RouteTable& routes,
                                                    const RdmaConfig& config,
                                                    const FlowList& flows,
                                                    const PacketRunOptions& options);

/// MakePacketRun with StandardRules, where switches cut through or hosts forward.
/// \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeStandardRunOfAnyNodes(const FabricGraph& fabric,
                                                     const RouteTable& routes,
                                                     const RdmaConfig& config,
                                                     const FlowList& flows,
                                                     const PacketRunOptions& options);

/// MakePacketRun with StandardRules, where load balancing and recovery are strategies.
/// \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeStandardRunOfStrategies(const FabricGraph& fabric,
                                                       const RouteTable& routes,
                                                       const RdmaConfig& config,
                                                       const FlowList& flows,
                                                       const PacketRunOptions& options);

/// The same where flows are of several classes, switches cut through or hosts forward.
/// \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeStandardRunOfAnyStrategies(const FabricGraph& fabric,
                                                          const RouteTable& routes,
                                                          const RdmaConfig& config,
                                                          const FlowList& flows,
                                                          const PacketRunOptions& options);

/// MakePacketRun with HpccRules, where flows are of several classes. \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeHpccRunOfClasses(const FabricGraph& fabric,
                                                const RouteTable& routes,
                                                const RdmaConfig& config,
                                                const FlowList& flows,
                                                const PacketRunOptions& options);

/// MakePacketRun with HpccRules and the order of a parallel run. \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeParallelHpccRun(const FabricGraph& fabric,
                                               const RouteTable& routes,
                                               const RdmaConfig& config,
                                               const FlowList& flows,
                                               const PacketRunOptions& options);

/// MakePacketRun with HpccRules. \throws InputError as RunPacketSimulation
std::unique_ptr<PacketRun> MakeHpccRun(const FabricGraph& fabric,
                                       const RouteTable& routes,
                                       const RdmaConfig& config,
                                       const FlowList& flows,
                                       const PacketRunOptions& options);

} // namespace ns3::m3

#endif // M3_PACKET_RUN_H
