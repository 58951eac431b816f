// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_MODE_RULES_H
#define M3_MODE_RULES_H

#include "ns3/m3-engine-mode.h"

#include <cstdint>
#include <limits>

namespace ns3::m3
{

/**
 * Counters of in-band telemetry (Li et al., HPCC, SIGCOMM 2019, section 4.1): each holds its value divided by a unit,
 * modulo its mask + 1.
 */
struct TelemetryUnits
{
    uint64_t timeMask;  //!< of the time stamp, whose unit is 1 ns
    uint64_t bytesMask; //!< of the bytes sent
    uint64_t bytesUnit; //!< of the bytes sent, in bytes
    uint64_t queueUnit; //!< of the queue, in bytes
    bool isScaled;      //!< the units are multiplied by RdmaConfig::hpccIntMulti

    /// The units in force. \param multiplier RdmaConfig::hpccIntMulti
    constexpr TelemetryUnits ScaledBy(uint64_t multiplier) const
    {
        const uint64_t factor = isScaled ? multiplier : 1;
        return {timeMask, bytesMask, bytesUnit * factor, queueUnit * factor, isScaled};
    }
};

/**
 * Everything that the mode decides outside of the packet engine: routes, ideal FCT and the defaults of a configuration.
 * Whoever needs one of these asks for it by its name, never for the mode. The engine's own rules are StandardRules and
 * HpccRules in the room `packet`.
 */
struct ModeRules
{
    const char* name;  //!< as users type it
    const char* title; //!< as reports say it

    // routes
    bool hashesPorts; //!< ECMP hashes addresses and ports, for ACKs those of the ACK; else nodes and the flow's id,
                      //!< and ACKs take the reverse route
    bool ordersHopsByNode; //!< next hops in descending order of the neighbour's id; else in ascending order of ports

    // times
    bool truncatesTimes; //!< each transmission time is cut to whole ns on its own (HpccTxTimeNs)

    // defaults of a configuration
    bool sharesBase;        //!< one base RTT and window for all pairs, by payloads alone: those of the largest pair
    bool sharesHostRate;    //!< minimum rate and increases go by the host rate; else by the rate of the flow's NIC
    bool marksUnnamedRates; //!< ports of a rate without ECN thresholds mark whatever leaves others behind

    // buffers of switches
    bool keepsHeadroom; //!< a port's headroom is 3 BDP of its link in 32 bits, with and without PFC
    bool bufferWraps;   //!< a buffer below reserve and headroom is taken; its threshold wraps, and nothing limits

    TelemetryUnits telemetry; //!< counters of Telemetry::HOPS
    bool cutsIdealOfFile;     //!< the ideal FCT of fct.txt is computed in 64 bits, which overflow
    const char* lossText;     //!< why a flow makes no progress any more, as reports say it
};

/// Rules of `STANDARD` mode.
inline constexpr ModeRules STANDARD_MODE_RULES{
    "standard",
    "standard mode",
    false,
    false,
    false,
    false,
    false,
    false,
    false,
    false,
    {std::numeric_limits<uint64_t>::max(), std::numeric_limits<uint64_t>::max(), 1, 1, false},
    false,
    "16 retransmission timeouts in a row",
};

/// Rules of the published HPCC simulator.
inline constexpr ModeRules HPCC_MODE_RULES{
    "hpcc",
    "as the HPCC simulator (hpcc mode)",
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    true,
    {0xffffff, 0xfffff, 128, 80, true}, // 24 and 20 bits
    true,
    "packets were lost, and hpcc mode has no retransmission timeout",
};

/// The only place outside of the packet engine that asks for a mode.
constexpr const ModeRules& RulesOf(EngineMode mode)
{
    return mode == EngineMode::HPCC ? HPCC_MODE_RULES : STANDARD_MODE_RULES;
}

} // namespace ns3::m3

#endif // M3_MODE_RULES_H
