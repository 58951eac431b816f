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
    uint64_t timeMask = std::numeric_limits<uint64_t>::max();  //!< of the time stamp, whose unit is 1 ns
    uint64_t bytesMask = std::numeric_limits<uint64_t>::max(); //!< of the bytes sent
    uint64_t bytesUnit = 1;                                    //!< of the bytes sent, in bytes
    uint64_t queueUnit = 1;                                    //!< of the queue, in bytes
    bool isScaled = false;                                     //!< the units are multiplied by RdmaConfig::hpccIntMulti
    bool namesLinks = true; //!< counters of two links are not compared; else a hop is known by its place alone

    /// The units in force. \param multiplier RdmaConfig::hpccIntMulti
    constexpr TelemetryUnits ScaledBy(uint64_t multiplier) const
    {
        const uint64_t factor = isScaled ? multiplier : 1;
        return {timeMask, bytesMask, bytesUnit * factor, queueUnit * factor, isScaled, namesLinks};
    }
};

/**
 * Everything that the mode decides outside of the packet engine: routes, ideal FCT and the defaults of a configuration.
 * Whoever needs one of these asks for it by its name, never for the mode. The values written here are those of
 * `STANDARD` mode. The engine's own rules are StandardRules and HpccRules in the room `packet`.
 */
struct ModeRules
{
    const char* name = "standard";       //!< as users type it
    const char* title = "standard mode"; //!< as reports say it

    // routes
    bool hashesPorts = false; //!< ECMP hashes addresses and ports, for ACKs those of the ACK; else nodes and the flow's
                              //!< id, and ACKs take the reverse route
    bool ordersHopsByNode = false; //!< next hops in descending order of the neighbour's id; else in ascending order of
                                   //!< ports
    bool usesLastParallel = false; //!< of parallel links between two nodes, only the last is used; else all

    // times
    bool truncatesTimes = false; //!< each transmission time is cut to whole ns on its own (HpccTxTimeNs)

    // defaults of a configuration
    bool sharesBase = false; //!< one base RTT and window for all pairs, by payloads alone: those of the largest pair
    bool sharesHostRate = false; //!< minimum rate and increases go by the host rate; else by the rate of the flow's NIC
    bool marksUnnamedRates = false; //!< ports of a rate without ECN thresholds mark whatever leaves others behind

    // buffers of switches
    bool keepsHeadroom = false; //!< a port's headroom is 3 BDP of its link in 32 bits, with and without PFC
    bool bufferWraps = false; //!< a buffer below reserve and headroom is taken; its threshold wraps, and nothing limits

    bool timesNodes = true; //!< switches may cut through, nodes may take time

    bool takesDirectNetworks = true; //!< hosts may forward, links may have a rate for each direction

    bool ownClassOfAcks = false;    //!< ACKs at hosts are of class 3, so that flows of one other class are told from it
    TelemetryUnits telemetry;       //!< counters of Telemetry::HOPS
    bool cutsIdealOfFile = false;   //!< the ideal FCT of fct.txt is computed in 64 bits, which overflow
    bool renewsIdealOfFile = false; //!< the ideal FCT of fct.txt is by the slowest link of the route when the flow ends
    bool takesQuotients = false; //!< HPCC divides by a window or a utilisation of 0, and takes what an x86-64 CPU makes
                                 //!< of a rate that 64 bits do not hold
    const char* lossText = "16 retransmission timeouts in a row"; //!< why a flow makes no progress any more
};

/// \return the rules of the published HPCC simulator (Li et al., SIGCOMM 2019)
constexpr ModeRules MakeHpccModeRules()
{
    ModeRules rules;
    rules.name = "hpcc";
    rules.title = "as the HPCC simulator (hpcc mode)";
    rules.hashesPorts = true;
    rules.ordersHopsByNode = true;
    rules.usesLastParallel = true;
    rules.truncatesTimes = true;
    rules.sharesBase = true;
    rules.sharesHostRate = true;
    rules.marksUnnamedRates = true;
    rules.keepsHeadroom = true;
    rules.bufferWraps = true;
    rules.timesNodes = false;
    rules.takesDirectNetworks = false;
    rules.ownClassOfAcks = true;
    rules.telemetry = {0xffffff, 0xfffff, 128, 80, true, false}; // 24 and 20 bits
    rules.cutsIdealOfFile = true;
    rules.renewsIdealOfFile = true;
    rules.takesQuotients = true;
    rules.lossText = "packets were lost, and hpcc mode has no retransmission timeout";
    return rules;
}

inline constexpr ModeRules STANDARD_MODE_RULES{};                 //!< rules of `STANDARD` mode
inline constexpr ModeRules HPCC_MODE_RULES = MakeHpccModeRules(); //!< rules of `HPCC` mode

/// The only place outside of the packet engine that asks for a mode.
constexpr const ModeRules& RulesOf(EngineMode mode)
{
    return mode == EngineMode::HPCC ? HPCC_MODE_RULES : STANDARD_MODE_RULES;
}

} // namespace ns3::m3

#endif // M3_MODE_RULES_H
