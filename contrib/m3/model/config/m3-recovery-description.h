// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_RECOVERY_DESCRIPTION_H
#define M3_RECOVERY_DESCRIPTION_H

#include "ns3/m3-parameters.h"

#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

class Recovery;

/// Makes the recovery of one queue pair. \param config RdmaConfig::AtNic of its NIC's rate, outlives it
using RecoveryMaker = std::function<std::unique_ptr<Recovery>(const RdmaConfig& config)>;

/**
 * Everything that distinguishes a recovery from losses; the module treats all alike otherwise.
 * \ingroup m3-config
 */
struct RecoveryDescription
{
    RecoveryType type = RecoveryType::REGISTERED;       //!< Its own; REGISTERED: the next one that is free.
    std::string name;                                   //!< Lower case.
    RecoveryMaker make;                                 //!< Empty: go-back-N.
    std::vector<const ParameterTable*> parameters = {}; //!< Its parameters; they live as long as it.
};

/// Returns those of the module, in the order in which they are listed. Defined in packet/recovery.
std::vector<RecoveryDescription> BuiltInRecoveries();

/// Returns all: those of the module, then those that were added.
const std::deque<RecoveryDescription>& Recoveries();

/// Returns the description of a type. \throws InputError for an unknown one
const RecoveryDescription& RecoveryOf(RecoveryType type);

/// Returns the type of a name such as "selective-repeat". \throws InputError that lists the names
RecoveryType ParseRecovery(const std::string& name);

/// Registers a recovery; its parameters are options and attributes from then on. \return its type \throws InputError if
/// its name is taken
RecoveryType AddRecovery(RecoveryDescription description);

} // namespace ns3::m3

#endif // M3_RECOVERY_DESCRIPTION_H
