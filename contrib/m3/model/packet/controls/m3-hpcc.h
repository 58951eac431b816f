// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HPCC_H
#define M3_HPCC_H

#include "ns3/m3-control-description.h"

#include <cstdint>
#include <optional>

namespace ns3::m3
{

/// Values of HPCC (Li et al., SIGCOMM 2019). \ingroup m3-packet
struct HpccConfig
{
    double eta = 0.95;             //!< target utilisation, in (0, 1]
    std::optional<uint64_t> aiBps; //!< additive increase; unset: scaled to the rate of the NIC
    uint32_t miThreshold = 0;      //!< additive increases before a multiplicative one
    bool fastReact = true;         //!< a rate for every ACK, not once per RTT
    bool multiRate = false;        //!< a rate per hop, the smallest counts
    bool sampleFeedback = false;   //!< between reference updates, only ACKs that saw queues
    uint32_t intMulti = 1;         //!< unit of the INT counters, `HPCC` mode only
};

const ParameterTable& HpccParameters(); //!< of HpccConfig
ControlDescription HpccControl();       //!< "hpcc"

/// Checks of all controls that work as HPCC does. \throws InputError for a window of 0
void CheckHpcc(const RdmaConfig& config);

class SenderControl;

/// A reference rate of HPCC, and the additive increases since its last multiplicative step.
struct HpccReference
{
    uint64_t rate;      //!< bit/s
    uint32_t increases; //!< additive ones since the last multiplicative step
};

/**
 * HPCC's rate for a utilisation (Li et al. 2019, algorithm 1, lines 9 to 17).
 * \param own its values, with aiBps set \param minRateBps lowest rate, bit/s
 * \param takesQuotients ModeRules::takesQuotients; else a rate that 64 bits do not hold is the cap
 * \return new rate and count of increases, which become the reference once per RTT
 */
HpccReference NextHpccRate(const HpccConfig& own,
                           uint64_t minRateBps,
                           const SenderControl& sender,
                           const HpccReference& reference,
                           double utilisation,
                           bool takesQuotients = false);

} // namespace ns3::m3

#endif // M3_HPCC_H
