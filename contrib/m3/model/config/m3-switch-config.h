// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_SWITCH_CONFIG_H
#define M3_SWITCH_CONFIG_H

#include "ns3/m3-traffic-classes.h"

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace ns3::m3
{

inline constexpr uint32_t PFC_FRAME_BYTES = 43;      //!< on the wire
inline constexpr uint64_t PORT_RESERVE_BYTES = 4096; //!< reserved for each ingress port

/// How the packets of a flow are spread over its shortest paths.
enum class LoadBalancingType : uint8_t
{
    ECMP = 0,        //!< each flow keeps one path, by a hash
    SPRAY = 1,       //!< each packet goes by a random path
    FLOWLET = 2,     //!< each flowlet goes by a random path
    DRILL = 3,       //!< each packet goes by the shortest of some queues
    ENTROPY = 4,     //!< each packet goes by the hash of what its sender has chosen
    REGISTERED = 128 //!< first value of registered ones (AddLoadBalancing)
};

/// RED-style marking of a port: none below kmin, certain above kmax, linear up to pmax in between.
struct EcnProfile
{
    uint64_t kminBytes = 0; //!< minimum queue at which packets are marked
    uint64_t kmaxBytes = 0; //!< minimum queue at which all packets are marked
    double pmax = 1;        //!< probability just below kmax
};

/**
 * How switches work. Names, units, ranges and defaults of the values that have one for all switches stand in
 * SwitchParameters(). \ingroup m3-config
 */
struct SwitchConfig
{
    bool pfc = true;             //!< priority flow control
    bool serverSwitchEcn = true; //!< switches inside servers (FabricGraph::IsServerSwitch) mark packets, too
    /// `STANDARD` mode: classes whose packets go before all others at every port, the lower class first.
    ClassSet strictClasses = 1;
    /// `STANDARD` mode: classes without PFC, beside others that have it.
    ClassSet lossyClasses = 0;
    /// `STANDARD` mode: shares of the other classes in what is left, by deficit round robin in bytes; ClassWeights of
    /// this number.
    uint64_t packedClassWeights = 0;
    int64_t switchDelayNs = 0; //!< `STANDARD` mode: from the arrival of a packet at a switch until it may leave
    /// `STANDARD` mode: bytes of a packet after which a switch may send it on by a link that is not faster than the one
    /// that it comes by; 0: it stores and forwards.
    uint64_t cutThroughBytes = 0;
    /// `STANDARD` mode: how packets are spread over equal-cost paths; `HPCC` mode has ECMP per flow.
    LoadBalancingType loadBalancing = LoadBalancingType::ECMP;
    std::optional<uint64_t> bufferBytes; //!< per switch; unset: by its ports (docs/guide.md)
    /// Per node, shared pool beyond reserve and headroom, overrides bufferBytes where not empty (path scenarios).
    std::vector<uint64_t> nodeSharedPoolBytes;
    /// Port rate -> profile; empty: what the congestion control asks for, scaled.
    std::map<uint64_t, EcnProfile> ecnByRate;
    /// `STANDARD` mode: marking of single classes in place of that, at ports of the host rate, and in proportion at
    /// others.
    std::map<uint32_t, EcnProfile> ecnByClass;
};

} // namespace ns3::m3

#endif // M3_SWITCH_CONFIG_H
