// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_DCTCP_H
#define M3_DCTCP_H

#include "ns3/m3-control-description.h"

#include <cstdint>
#include <optional>

namespace ns3::m3
{

/// Values of DCTCP (Alizadeh et al., SIGCOMM 2010). \ingroup m3-packet
struct DctcpConfig
{
    std::optional<uint64_t> kBytes; //!< marking threshold at a host-rate port; unset: 15 KB at 10 Gb/s, scaled
    double gain = 1.0 / 16;         //!< g of the marked share
    std::optional<uint64_t> aiBps;  //!< additive increase; unset: scaled to the rate of the NIC
};

const ParameterTable& DctcpParameters(); //!< of DctcpConfig
ControlDescription DctcpControl();       //!< "dctcp"

/// Marking by DctcpConfig::kBytes: of every packet that finds a longer queue. \param config resolved
EcnProfile DctcpMarking(const RdmaConfig& config);

} // namespace ns3::m3

#endif // M3_DCTCP_H
