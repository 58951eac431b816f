// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RDMA_CONFIG_H
#define M3_RDMA_CONFIG_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-routes.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ns3::m3
{

/// Congestion controls; the values are the HPCC simulator's CC_MODE.
enum class CongestionControlType : uint8_t
{
    NONE = 0,
    DCQCN = 1,
    HPCC = 3,
    TIMELY = 7,
    DCTCP = 8,
    HPCC_PINT = 10,
    REGISTERED = 128 //!< this and those above: what RegisterCongestionControl has made known
};

/// "dctcp", "hpcc", ... to type. \throws InputError that lists the names there are
CongestionControlType ParseCongestionControl(const std::string& name);
/// Lower-case name of a control.
std::string CongestionControlName(CongestionControlType type);

/// What data packets carry for their congestion control, and their ACKs bring back.
enum class Telemetry : uint8_t
{
    NONE,
    TIME_STAMP, //!< 8 bytes: when the packet was built
    HOPS,       //!< 42 bytes: a TelemetryRecord per hop
    PINT        //!< 2 bytes: a logarithm of the largest utilisation (Ben Basat et al., PINT, SIGCOMM 2020)
};

/// What a control asks for.
Telemetry TelemetryOf(CongestionControlType type);

/// RED-style marking of a port: none below kmin, certain above kmax, linear up to pmax in between.
struct EcnProfile
{
    uint64_t kminBytes = 0; //!< queue from which on packets are marked
    uint64_t kmaxBytes = 0; //!< queue from which on all are
    double pmax = 1;        //!< probability just below kmax
};

inline constexpr int64_t MAX_BASE_RTT_NS = 1'000'000'000'000'000; //!< largest base RTT: 11 days

/// Wire size of a PFC frame.
inline constexpr uint32_t PFC_FRAME_BYTES = 43;

/// The shortest retransmission timeout.
inline constexpr int64_t MIN_RTO_NS = 1'000'000;

/// Retransmission timeout of a sender of `STANDARD` mode that has not measured an RTT yet. \param baseRttNs of the pair
inline int64_t RetransmissionTimeoutNs(int64_t baseRttNs)
{
    return std::max(MIN_RTO_NS, 3 * baseRttNs);
}

/// Base RTT and window of a pair of hosts.
struct PairBase
{
    int64_t rttNs;        //!< without queueing
    uint64_t windowBytes; //!< at the full rate; 0: none
};

/**
 * Configuration of hosts and switches for the packet engine, and what the models are told of it.
 * A value left unset takes the default of docs/guide.md. Resolve() fills in what depends on the network as a whole,
 * AtNic() what depends on the NIC that a flow leaves by. Plain data, no ns-3.
 */
struct RdmaConfig
{
    EngineMode mode = EngineMode::STANDARD;                                 //!< rules of the packet engine
    CongestionControlType congestionControl = CongestionControlType::DCTCP; //!< of every flow

    /// Rate of the ports that thresholds ("at a host-rate port") are given for; unset: FabricGraph::HostRate().
    std::optional<uint64_t> hostRateBps;

    // Window and rates
    std::optional<uint64_t> windowBytes; //!< W0; 0: no window; unset: BDP of the largest base RTT at the NIC's rate
    bool variableWindow = true;          //!< window follows the current rate
    std::optional<int64_t> baseRttNs;    //!< unset: the fabric's largest
    bool perPairWindow = false;          //!< base RTT and default window of the flow's own pair
    std::optional<uint64_t> minRateBps;  //!< unset: the NIC's rate / 100
    std::optional<uint64_t> maxRateBps;  //!< cap of a flow's sending rate; unset: the NIC's rate
    bool rateBound = true;               //!< pace by the current rate, not by the cap
    bool ackHighPriority = false;        //!< ACKs at hosts are not held by a pause of the data class

    // Switches
    bool pfc = true;                     //!< priority flow control
    std::optional<uint64_t> bufferBytes; //!< per switch; unset: by its ports, as docs/guide.md says
    /// Per node, shared pool beyond reserve and headroom, overrides bufferBytes where not empty (path scenarios).
    std::vector<uint64_t> nodeSharedPoolBytes;
    std::map<uint64_t, EcnProfile> ecnByRate; //!< port rate -> profile; empty: scaled from the values below

    // DCTCP (Alizadeh et al., SIGCOMM 2010)
    std::optional<uint64_t> dctcpKBytes; //!< marking threshold at a host-rate port; unset: 15 KB at 10 Gb/s, scaled
    double dctcpGain = 1.0 / 16;         //!< g of the marked share
    std::optional<uint64_t> dctcpAiBps;  //!< additive increase; unset, as the following ones: scaled to the NIC's rate

    // DCQCN (Zhu et al., SIGCOMM 2015)
    std::optional<uint64_t> dcqcnKminBytes; //!< at a host-rate port; unset: 10 KB at 10 Gb/s, scaled
    std::optional<uint64_t> dcqcnKmaxBytes; //!< unset: 40 KB at 10 Gb/s, scaled
    double dcqcnPmax = 0.2;                 //!< marking probability at Kmax, in [0, 1]
    double dcqcnGain = 1.0 / 256;           //!< g of alpha
    std::optional<uint64_t> dcqcnAiBps;     //!< additive increase
    std::optional<uint64_t> dcqcnHaiBps;    //!< hyper increase
    int64_t dcqcnAlphaTimerNs = 50000;      //!< between two updates of alpha
    int64_t dcqcnDecreaseTimerNs = 50000;   //!< between two looks for marks, which decrease the rate
    int64_t dcqcnIncreaseTimerNs = 55000;   //!< between two increases since the last decrease
    uint32_t dcqcnFastRecoveryTimes = 1;    //!< increases that only return to the target
    bool dcqcnClampTarget = false;          //!< a decrease always lowers the target too

    // HPCC (Li et al., SIGCOMM 2019)
    double hpccEta = 0.95;             //!< target utilisation, in (0, 1]
    std::optional<uint64_t> hpccAiBps; //!< additive increase
    uint32_t hpccMiThreshold = 0;      //!< additive increases before a multiplicative one
    bool hpccFastReact = true;         //!< a rate for every ACK, not once per RTT
    bool hpccMultiRate = false;        //!< a rate per hop, the least counts
    bool hpccSampleFeedback = false;   //!< between reference updates, only ACKs that saw queues
    uint32_t hpccIntMulti = 1;         //!< unit of the INT counters, `HPCC` mode only

    // HPCC-PINT (Ben Basat et al., SIGCOMM 2020)
    double pintLogBase = 1.05;  //!< utilisations are rounded to powers of it
    double pintProbability = 1; //!< share of ACKs that are looked at

    // TIMELY (Mittal et al., SIGCOMM 2015)
    int64_t timelyTLowNs = 50000;         //!< RTT below which the rate always grows
    int64_t timelyTHighNs = 120000;       //!< RTT above which it always falls
    double timelyBeta = 0.8;              //!< factor of decrease
    std::optional<uint64_t> timelyAiBps;  //!< additive increase
    std::optional<uint64_t> timelyHaiBps; //!< after five increases in a row

    /// Number of times that links go down or come up in RdmaNetwork::Run(). Other runs on this configuration leave
    /// these changes out and say so.
    std::size_t linkChanges = 0;

    // Random numbers of ECN marking (`STANDARD` mode), link errors and PINT: a stream of ns-3's generator per directed
    // link
    uint64_t seed = 1;        //!< of the generator
    uint64_t firstStream = 0; //!< marking of link i draws from firstStream + i; then come errors, PINT
    uint64_t run = 1;         //!< substream, as RngSeedManager's run

    /// Bytes of telemetry in each data packet.
    uint32_t TelemetryBytes() const;
    /// Header and telemetry bytes of each data packet.
    uint32_t HeaderBytes() const;
    /// Wire size of an ACK.
    uint32_t AckBytes() const;

    /// Base RTT and window of a flow: those set, else base RTT and BDP of its route (`HPCC`: of its pair's first
    /// route).
    PairBase BaseOfPair(const FabricGraph& fabric, const RouteTable& routes, const Route& route) const;

    /**
     * \return this configuration with the unset values filled in that the fabric as a whole decides on: host rate, base
     * RTT, thresholds at host-rate ports; in `HPCC` mode, the window. What depends on ports, switches and NICs
     * (ecnByRate, bufferBytes, and what AtNic() fills in) stays unset. The order of nodes and links does not matter.
     * \throws InputError for a value that cannot work, such as HPCC with a window of 0, and for a fabric without a host
     * that has a link
     */
    RdmaConfig Resolve(const FabricGraph& fabric, const RouteTable& routes) const;

    /**
     * \return this configuration as flows see it that leave by a NIC of a rate: window (unless perPairWindow), minimum
     * rate and additive increases filled in by the defaults of docs/guide.md at that rate. The HPCC simulator has one
     * value for all hosts, so `HPCC` mode takes the host rate in place of the NIC's.
     * \pre resolved
     */
    RdmaConfig AtNic(uint64_t nicBps) const;
};

/// A resolved configuration as flows see it, by the rate of their NIC: AtNic() of each rate that a host's link has.
std::map<uint64_t, RdmaConfig> ConfigsByNic(const FabricGraph& fabric, const RdmaConfig& resolved);

/// Marking profile of a port of the given rate. \param config resolved
EcnProfile EcnProfileOfPort(const RdmaConfig& config, uint64_t portRate);

/**
 * What to say of a run in `HPCC` mode in which switch ports have a rate that ecnByRate does not name: as in that
 * simulator, they mark every packet that leaves others behind. Empty where there are none, or where no sender looks at
 * marks.
 */
std::string EcnWarning(const FabricGraph& fabric, const RdmaConfig& config);

/// Headroom of the port that a link arrives at: what may still come in after a pause was decided.
uint64_t PortHeadroomBytes(const FabricLink& link, const RdmaConfig& config);

/// How a switch divides its memory.
struct SwitchBuffer
{
    uint64_t fixedBytes = 0; //!< reserve and headroom of all ports
    uint64_t poolBytes = 0;  //!< shared pool; modulo 2^64 where it wraps
    bool wraps = false;      //!< `HPCC` mode: less buffer than fixedBytes, the threshold wraps and nothing limits
};

/// \throws InputError in `STANDARD` mode for a buffer that is too small, naming the smallest that works
SwitchBuffer BufferOfSwitch(const FabricGraph& fabric, NodeId node, const RdmaConfig& config);

/**
 * Shared pool of a switch in bytes: its buffer less reserve and headroom of its ports; unlimited (UINT64_MAX) where the
 * threshold wraps in `HPCC` mode. What the models are told of a switch. Without PFC, `HPCC` mode keeps headroom all the
 * same, which is filled before anything is dropped: it counts, unless nodeSharedPoolBytes says what there is.
 * \throws InputError in `STANDARD` mode for a buffer that is too small, naming the smallest that works
 */
uint64_t SharedPoolBytes(const FabricGraph& fabric, NodeId node, const RdmaConfig& config);

} // namespace ns3::m3

#endif // M3_RDMA_CONFIG_H
