// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_CONTROL_DESCRIPTION_H
#define M3_CONTROL_DESCRIPTION_H

#include "ns3/m3-parameters.h"

#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ns3::m3
{

class CongestionControl;

/// Makes a control's state of one queue pair. \param config RdmaConfig::AtNic of its NIC's rate, outlives it
/// \param lineRate of its NIC, bit/s
using CongestionControlMaker =
    std::function<std::unique_ptr<CongestionControl>(const RdmaConfig& config, uint64_t lineRate)>;

/**
 * All that the module knows of a congestion control: what is not said here holds for every control alike.
 * \ingroup m3-config
 */
struct ControlDescription
{
    CongestionControlType type = CongestionControlType::REGISTERED; //!< its own; REGISTERED: the next one that is free
    std::string name;                                               //!< lower case
    CongestionControlMaker make;                                    //!< empty: no reaction
    Telemetry telemetry = Telemetry::NONE;                          //!< that its data packets carry
    std::vector<const ParameterTable*> parameters = {};             //!< of its configs; they live as long as it

    /// Marking that it asks of a host-rate port; empty: it looks at no marks. \param config resolved
    std::function<EcnProfile(const RdmaConfig& config)> marking = {};
    /// Checks across parameters; empty: none. \param config resolved \throws InputError for values that cannot work
    std::function<void(const RdmaConfig& config)> check = {};
    /// Whether a flow keeps its NIC's rate at an RTT while nothing is marked; empty: it may not.
    std::function<bool(const RdmaConfig& config, int64_t rttNs)> keepsLineRate = {};

    bool isTrained = false; //!< the shipped models know it
    /// Changes the values that models are trained with to those that were trained together with the others of
    /// a configuration; empty: all were trained apart.
    std::function<void(const RdmaConfig& config, RdmaConfig& trained)> trainedTogether = {};
};

/// The controls that come with the module, in the order in which they are listed. Defined in packet/controls.
std::vector<ControlDescription> BuiltInControls();

/// All controls known now: those that come with the module, then those that were added.
const std::deque<ControlDescription>& CongestionControls();

/// \throws InputError for a type that there is not
const ControlDescription& ControlOf(CongestionControlType type);

/// Makes a control known; its parameters are options, attributes and keys from then on. \return its type \throws
/// InputError if its name, or that of a parameter, is taken
CongestionControlType AddControl(ControlDescription description);

} // namespace ns3::m3

#endif // M3_CONTROL_DESCRIPTION_H
