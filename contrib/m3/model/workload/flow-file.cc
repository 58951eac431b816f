// SPDX-License-Identifier: GPL-2.0-only
#include "flow-file.h"

#include "flow-formats.h"

namespace ns3::m3
{

FlowList ReadFlowFile(const std::string& file, const FabricGraph& fabric, StartTimes times, InputNotes* notes)
{
    return FormatOf(FLOW_FORMATS, file).read(file, fabric, times, notes);
}

std::string FlowFormatsText()
{
    return FormatsText(FLOW_FORMATS);
}

} // namespace ns3::m3
