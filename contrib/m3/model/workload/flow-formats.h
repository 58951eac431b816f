// SPDX-License-Identifier: GPL-2.0-only
#ifndef M3_FLOW_FORMATS_H
#define M3_FLOW_FORMATS_H

#include "start-times.h"

#include "core/file-format.h"
#include "ns3/m3-flow.h"
#include "ns3/m3-text-file.h"

#include <string>

namespace ns3::m3
{

/// A reader of ReadFlowFile().
using FlowFileReader = FlowList(const std::string& file,
                                const FabricGraph& fabric,
                                StartTimes times,
                                InputNotes* notes);

// The reader of each format, from a file of its name. A new one gets a line here and in FLOW_FORMATS.
FlowFileReader ReadHpccFlows; //!< hpcc-flows.cc

/// All formats of flow files.
inline constexpr FileFormat<FlowFileReader> FLOW_FORMATS[] = {
    {"the HPCC simulator's format", "", ReadHpccFlows},
};

} // namespace ns3::m3

#endif // M3_FLOW_FORMATS_H
