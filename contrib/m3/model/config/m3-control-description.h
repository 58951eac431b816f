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

/// Makes the state of a control for one queue pair. \param config RdmaConfig::AtNic of its NIC's rate, outlives it
/// \param lineRate of its NIC, bit/s
using CongestionControlMaker =
    std::function<std::unique_ptr<CongestionControl>(const RdmaConfig& config, uint64_t lineRate)>;

/**
 * Everything that distinguishes a congestion control; the module treats all controls alike otherwise.
 * \ingroup m3-config
 */
struct ControlDescription
{
    CongestionControlType type = CongestionControlType::REGISTERED; //!< its own; REGISTERED: the next one that is free
    std::string name;                                               //!< lower case
    CongestionControlMaker make;                                    //!< empty: no reaction
    Telemetry telemetry = Telemetry::NONE;                          //!< telemetry that its data packets carry
    std::vector<const ParameterTable*> parameters = {}; //!< parameters of its configs; they live as long as it

    /// Returns the ECN marking that it needs at a host-rate port; empty: it does not react to marks. \param config
    /// resolved
    std::function<EcnProfile(const RdmaConfig& config)> marking = {};
    /// Checks that parameters go together; empty: no check. \param config resolved \throws InputError for values that
    /// cannot work
    std::function<void(const RdmaConfig& config)> check = {};
    /// Returns whether a flow keeps its NIC's rate at an RTT while no packet is marked; empty: it may not.
    std::function<bool(const RdmaConfig& config, int64_t rttNs)> keepsLineRate = {};

    /// Returns the share of its NIC's rate that a flow gets on an idle network with a window of at least one BDP, in
    /// (0, 1]; empty: it is not known. \param config resolved
    std::function<double(const RdmaConfig& config)> idleRateShare = {};
    /// Returns for how long its state remembers what happened, ns; empty: for less than tens of base RTTs. Whoever
    /// begins in the middle of a trace simulates longer before it counts flows. \param config resolved
    std::function<double(const RdmaConfig& config)> memoryNs = {};
    /// Describes its main values for readers of reports, as in "K 15 KB"; empty: nothing is said. \param config
    /// resolved
    std::function<std::string(const RdmaConfig& config)> summary = {};

    bool isTrained = false; //!< whether the shipped models were trained with it
    /// Sets those values of `trained` that training drew together with other values of a configuration; empty: training
    /// drew all values independently.
    std::function<void(const RdmaConfig& config, RdmaConfig& trained)> trainedTogether = {};
};

/// Returns the controls of the module, in the order in which they are listed. Defined in packet/controls.
std::vector<ControlDescription> BuiltInControls();

/// Returns all controls: those of the module, then those that were added.
const std::deque<ControlDescription>& CongestionControls();

/// Returns the description of a control. \throws InputError for an unknown type
const ControlDescription& ControlOf(CongestionControlType type);

/// Registers a control; its parameters are options, attributes and keys from then on. \return its type \throws
/// InputError if its name, or that of a parameter, is taken
CongestionControlType AddControl(ControlDescription description);

} // namespace ns3::m3

#endif // M3_CONTROL_DESCRIPTION_H
