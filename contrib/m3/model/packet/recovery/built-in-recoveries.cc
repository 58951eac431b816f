// SPDX-License-Identifier: GPL-2.0-only
// Which recoveries come with the module, and those that a script makes known by a maker alone.
#include "ns3/m3-recovery.h"
#include "ns3/m3-selective-repeat.h"

#include <utility>

namespace ns3::m3
{

std::vector<RecoveryDescription> BuiltInRecoveries()
{
    RecoveryDescription goBackN; // engine/go-back-n.h
    goBackN.type = RecoveryType::GO_BACK_N;
    goBackN.name = "go-back-n";
    return {goBackN, SelectiveRepeatRecovery()};
}

RecoveryType RegisterRecovery(const std::string& name, RecoveryMaker make)
{
    RecoveryDescription recovery;
    recovery.name = name;
    recovery.make = std::move(make);
    return AddRecovery(std::move(recovery));
}

} // namespace ns3::m3
