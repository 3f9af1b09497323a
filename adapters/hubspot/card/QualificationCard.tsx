import {
  Button,
  DescriptionList,
  DescriptionListItem,
  EmptyState,
  ErrorState,
  Flex,
  Heading,
  List,
  LoadingSpinner,
  StatusTag,
  Text,
  hubspot,
  useExtensionContext,
} from '@hubspot/ui-extensions';
import { useCrmProperties } from '@hubspot/ui-extensions/crm';
import { type Labels, labelsFor, optionLabel, readable } from './labels';
import { FORMATTED, PROPERTIES, type Qualification, parseQualification } from './qualification';

hubspot.extend<'crm.record.sidebar'>(() => <QualificationCard />);

const STAGE_COLOURS: Record<string, 'success' | 'info' | 'danger'> = {
  sql: 'success',
  mql: 'info',
  disqualified: 'danger',
};

export function QualificationCard() {
  const { user } = useExtensionContext<'crm.record.sidebar'>();
  const labels = labelsFor(user.language ?? user.locale);
  const { properties, error, isLoading, isRefetching, refetch } = useCrmProperties([...PROPERTIES], {
    propertiesToFormat: FORMATTED,
  });
  const qualification = parseQualification(properties);

  if (qualification) return <Details qualification={qualification} labels={labels} />;
  if (isLoading || isRefetching) return <LoadingSpinner label={labels.loading} showLabel layout="centered" />;
  if (error) return <Failure labels={labels} onRetry={refetch} />;
  return (
    <EmptyState title={labels.emptyTitle} layout="vertical" imageName="contacts" flush>
      <Text>{labels.emptyText}</Text>
    </EmptyState>
  );
}

function Failure({ labels, onRetry }: { labels: Labels; onRetry: () => Promise<void> }) {
  return (
    <ErrorState title={labels.errorTitle}>
      <Text>{labels.errorText}</Text>
      <Button onClick={onRetry}>{labels.retry}</Button>
    </ErrorState>
  );
}

function Details({ qualification, labels }: { qualification: Qualification; labels: Labels }) {
  const { stage, reasons, fit } = qualification;
  const rows: [string, string | null][] = [
    [labels.grade, qualification.grade],
    [labels.fit, fit ? labels.fitPercent.replace('{fit}', fit) : labels.fitUnknown],
    [labels.engagement, qualification.engagement],
    [labels.missing, qualification.missing ?? labels.missingNothing],
    [labels.nextStep, nextStep(qualification, labels)],
    [labels.handoff, handoff(qualification, labels)],
    [labels.stageSince, qualification.stageAt],
    [labels.scoredAt, qualification.scoredAt],
  ];
  return (
    <Flex direction="column" gap="small">
      <StatusTag variant={STAGE_COLOURS[stage] ?? 'default'}>{optionLabel(labels, 'stage', stage)}</StatusTag>
      {reasons.length > 0 && (
        <>
          <Heading>{labels.reasons}</Heading>
          <List variant="unordered-styled">
            {reasons.map((reason) => (
              <Text key={reason}>{reason}</Text>
            ))}
          </List>
        </>
      )}
      <DescriptionList>
        {rows.map(
          ([label, value]) =>
            value && (
              <DescriptionListItem key={label} label={label}>
                <Text>{value}</Text>
              </DescriptionListItem>
            ),
        )}
      </DescriptionList>
    </Flex>
  );
}

function nextStep({ nextContent, nextChannel }: Qualification, labels: Labels): string {
  const channel = nextChannel && optionLabel(labels, 'channel', nextChannel);
  return [nextContent && readable(nextContent), channel].filter(Boolean).join(' · ') || labels.nextStepNone;
}

function handoff({ handoff: state, rejectReason }: Qualification, labels: Labels): string {
  const said = labels[`handoff.${state}`];
  return state === 'rejected' && rejectReason ? `${said}: ${optionLabel(labels, 'reason', rejectReason)}` : said;
}
