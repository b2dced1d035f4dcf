"""From draft to decision (申请, 审批): applications, batches, joint visits, deputies, amendments, advance notice."""
