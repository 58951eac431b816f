// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_HPCC_PINT_H
#define M3_HPCC_PINT_H

#include "ns3/m3-control-description.h"

#include <cstdint>
#include <optional>

namespace ns3::m3
{

/// Values of HPCC-PINT (Ben Basat et al., SIGCOMM 2020), beside those of HpccConfig. \ingroup m3-packet
struct PintConfig
{
    double logBase = 1.05;  //!< utilisations are rounded to powers of it; above 1
    double probability = 1; //!< share of ACKs that are looked at, in (0, 1]
};

const ParameterTable& PintParameters(); //!< of PintConfig
ControlDescription HpccPintControl();   //!< "hpcc-pint"

} // namespace ns3::m3

#endif // M3_HPCC_PINT_H
