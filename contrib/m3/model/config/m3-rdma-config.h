// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RDMA_CONFIG_H
#define M3_RDMA_CONFIG_H

#include "ns3/m3-fabric-graph.h"
#include "ns3/m3-failures.h"
#include "ns3/m3-link-timing.h"
#include "ns3/m3-routes.h"
#include "ns3/m3-switch-config.h"
#include "ns3/m3-transport-config.h"

#include <any>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <type_traits>
#include <typeindex>
#include <typeinfo>
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
    REGISTERED = 128 //!< first value of registered controls (AddControl)
};

/// Returns the control of a name such as "dctcp". \throws InputError that lists the names
CongestionControlType ParseCongestionControl(const std::string& name);
/// Returns the lower-case name of a control.
std::string CongestionControlName(CongestionControlType type);

/// Telemetry that data packets carry for their congestion control and that their ACKs return.
enum class Telemetry : uint8_t
{
    NONE,
    TIME_STAMP, //!< 8 bytes: when the packet was built
    HOPS,       //!< 42 bytes: a TelemetryRecord per hop
    PINT        //!< 2 bytes: a logarithm of the largest utilisation (Ben Basat et al., PINT, SIGCOMM 2020)
};

/// Returns the telemetry that a control needs.
Telemetry TelemetryOf(CongestionControlType type);

/// Base RTT and window of a pair of hosts.
struct PairBase
{
    int64_t rttNs;        //!< without queueing
    uint64_t windowBytes; //!< at the full rate; 0: no window
};

/**
 * The configs of congestion controls, one of each type; a config that was never changed has its defaults.
 * \ingroup m3-config
 */
class ControlConfigs
{
  public:
    /// Returns the config of a type.
    template <typename Config>
    const Config& Of() const
    {
        static const Config DEFAULTS{};
        const auto found = m_configs.find(typeid(Config));
        return found == m_configs.end() ? DEFAULTS : *std::any_cast<Config>(&found->second);
    }

    /// Returns the config of a type, to be changed.
    template <typename Config>
    Config& Of()
    {
        std::any& config = m_configs[typeid(Config)];
        return config.has_value() ? *std::any_cast<Config>(&config) : config.emplace<Config>();
    }

  private:
    std::map<std::type_index, std::any> m_configs;
};

/**
 * Configuration of hosts and switches for all engines.
 * A value left unset takes the default of docs/guide.md. Resolve() fills in values that depend on the network as a
 * whole, AtNic() those that depend on the NIC that a flow leaves by. Plain data, no ns-3.
 *
 * \code
 *   RdmaConfig config;
 *   config.congestionControl = CongestionControlType::DCTCP;
 *   config.pfc = false;                          // of SwitchConfig
 *   config.Of<DctcpConfig>().kBytes = 20'000;    // of the control, ns3/m3-dctcp.h
 * \endcode
 *
 * \ingroup m3-config
 */
struct RdmaConfig : TransportConfig, SwitchConfig
{
    EngineMode mode = EngineMode::STANDARD;                                 //!< rules of the packet engine
    CongestionControlType congestionControl = CongestionControlType::DCTCP; //!< control of every flow

    /// Rate of the ports that thresholds ("at a host-rate port") are given for; unset: FabricGraph::HostRate().
    std::optional<uint64_t> hostRateBps;

    /// What happens to links and nodes during a run. Engines that do not take failures into account say so.
    std::vector<Failure> failures;

    // Random numbers of ECN marking (`STANDARD` mode), link errors and PINT: a stream of ns-3's generator per directed
    // link
    uint64_t seed = 1;        //!< seed of the random numbers
    uint64_t firstStream = 0; //!< marking of link i draws from firstStream + i; then come errors, PINT
    uint64_t run = 1;         //!< substream, as RngSeedManager's run

    /// A part of it: TransportConfig, SwitchConfig or the config of a congestion control.
    /// Returns the config of a type.
    template <typename Config>
    const Config& Of() const
    {
        if constexpr (std::is_base_of_v<Config, RdmaConfig>)
        {
            return *this;
        }
        else
        {
            return m_controls.Of<Config>();
        }
    }

    /// Returns the config of a type, to be changed.
    template <typename Config>
    Config& Of()
    {
        if constexpr (std::is_base_of_v<Config, RdmaConfig>)
        {
            return *this;
        }
        else
        {
            return m_controls.Of<Config>();
        }
    }

    /// Bytes of telemetry in each data packet.
    uint32_t TelemetryBytes() const;
    /// Header and telemetry bytes of each data packet.
    uint32_t HeaderBytes() const;
    /// Sizes of a full data packet.
    PacketFormat Format() const;
    /// ACKs that a flow has in `STANDARD` mode when nothing is lost. \param sizeBytes payload, above 0
    uint64_t AckCount(uint64_t sizeBytes) const;
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

  private:
    ControlConfigs m_controls;
};

/// A resolved configuration as flows see it, by the rate of their NIC: AtNic() of each rate that a host's link has.
std::map<uint64_t, RdmaConfig> ConfigsByNic(const FabricGraph& fabric, const RdmaConfig& resolved);

/// Marking profile of a class at a port of the given rate. \param config resolved
EcnProfile EcnProfileOfClass(const RdmaConfig& config, uint64_t portRate, uint32_t priority);

/// Marking profile of a port of the given rate. \param config resolved
EcnProfile EcnProfileOfPort(const RdmaConfig& config, uint64_t portRate);

/**
 * Returns a warning about a run in `HPCC` mode with switch ports of a rate that ecnByRate does not have: as in that
 * simulator, they mark every packet that leaves a queue behind. Empty without such ports, and where no sender reacts to
 * marks.
 */
std::string EcnWarning(const FabricGraph& fabric, const RdmaConfig& config);

/// Returns the headroom of the port that a link arrives at, for data that arrives after a pause was decided.
uint64_t PortHeadroomBytes(const FabricGraph& fabric, LinkId id, const RdmaConfig& config);

/// Division of a switch's memory.
struct SwitchBuffer
{
    uint64_t fixedBytes = 0; //!< reserve and headroom of all ports
    uint64_t poolBytes = 0;  //!< shared pool; modulo 2^64 where it wraps
    bool wraps = false;      //!< `HPCC` mode: less buffer than fixedBytes, the threshold wraps and nothing limits
};

/// Classes that flows are of, by which `STANDARD` mode divides a switch's memory.
struct ClassUse
{
    uint32_t classes = 1;  //!< with a reserve at each port
    uint32_t lossless = 1; //!< of them, with a headroom where there is PFC
};

/// \throws InputError in `STANDARD` mode for a buffer that is too small, naming the smallest that works
SwitchBuffer BufferOfSwitch(const FabricGraph& fabric, NodeId node, const RdmaConfig& config, const ClassUse& use = {});

/**
 * Shared pool of a switch in bytes: its buffer less reserve and headroom of its ports; unlimited (UINT64_MAX) where the
 * threshold wraps in `HPCC` mode. It is an input of the models. Without PFC, `HPCC` mode keeps headroom, which is
 * filled before packets are dropped, so it counts, unless nodeSharedPoolBytes gives the pool.
 * \throws InputError in `STANDARD` mode for a buffer that is too small, naming the smallest that works
 */
uint64_t SharedPoolBytes(const FabricGraph& fabric, NodeId node, const RdmaConfig& config);

} // namespace ns3::m3

#endif // M3_RDMA_CONFIG_H
