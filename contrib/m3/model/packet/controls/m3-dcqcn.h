// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_DCQCN_H
#define M3_DCQCN_H

#include "ns3/m3-control-description.h"

#include <cstdint>
#include <optional>

namespace ns3::m3
{

/// Values of DCQCN (Zhu et al., SIGCOMM 2015). \ingroup m3-packet
struct DcqcnConfig
{
    std::optional<uint64_t> kminBytes; //!< at a host-rate port; unset: 10 KB at 10 Gb/s, scaled
    std::optional<uint64_t> kmaxBytes; //!< unset: 40 KB at 10 Gb/s, scaled
    double pmax = 0.2;                 //!< marking probability at Kmax, in [0, 1]
    double gain = 1.0 / 256;           //!< g of alpha
    std::optional<uint64_t> aiBps;     //!< additive increase; unset: scaled to the rate of the NIC
    std::optional<uint64_t> haiBps;    //!< hyper increase; unset: the same
    int64_t alphaTimerNs = 50000;      //!< between two updates of alpha
    int64_t decreaseTimerNs = 50000;   //!< between two looks for marks, which decrease the rate
    int64_t increaseTimerNs = 55000;   //!< between two increases since the last decrease
    uint32_t fastRecoveryTimes = 1;    //!< increases that only return to the target
    bool clampTarget = false;          //!< a decrease always lowers the target too
};

const ParameterTable& DcqcnParameters(); //!< of DcqcnConfig
ControlDescription DcqcnControl();       //!< "dcqcn"

} // namespace ns3::m3

#endif // M3_DCQCN_H
