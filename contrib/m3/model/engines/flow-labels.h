// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_LABELS_H
#define M3_FLOW_LABELS_H

#include "ns3/m3-label-slowdowns.h"

#include <string>

namespace ns3::m3
{

class Scenario;

/**
 * \ingroup m3-engines
 * Labels the flows of a scenario by what is known of them:
 *
 * - `rack-pair`, `pod-pair`: racks or pods (FabricPlaces) of sender and receiver;
 * - `source-rack`, `destination-rack`: rack of sender or receiver;
 * - `class`: class of the flow;
 * - `group`, `kind`: group of the flow in its schedule, or kind of that group; other flows have no label.
 *
 * \throws InputError that lists the words, for another one
 */
FlowLabels LabelFlows(const Scenario& scenario, const std::string& by);

/// \throws InputError that lists the words, unless LabelFlows() knows a word
void CheckLabelWord(const std::string& by);

} // namespace ns3::m3

#endif // M3_FLOW_LABELS_H
